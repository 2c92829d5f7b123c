"""What the engine's tables tell operators; each number is one cheap, indexed query."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.context import Context
from funnel.metrics import Gauge, real_seconds

#: counting goes no further
MOST = 10_000

_OLDEST = text("""
    SELECT least(
        (SELECT min(first.due_at) FROM sequences s CROSS JOIN LATERAL (
            SELECT due_at FROM enrollments
             WHERE sequence_id = s.id AND status = 'active' ORDER BY due_at LIMIT 1) AS first),
        (SELECT min(first.due_at) FROM versions v CROSS JOIN LATERAL (
            SELECT due_at FROM messages
             WHERE version_id = v.id AND purpose = 'marketing' AND status IN ('queued', 'unknown')
             ORDER BY due_at LIMIT 1) AS first),
        (SELECT due_at FROM messages
          WHERE purpose = 'service' AND status IN ('queued', 'unknown') ORDER BY due_at LIMIT 1))
""")
_QUEUED = text("SELECT count(*) FROM (SELECT FROM messages WHERE status = 'queued' LIMIT :most) AS counted")
_UNKNOWN = text("SELECT count(*) FROM (SELECT FROM messages WHERE status = 'unknown' LIMIT :most) AS counted")
_HANDOUTS = text("SELECT count(*) FROM handouts")


def _oldest_due(session: Session, context: Context, now: datetime) -> float:
    return real_seconds(context, now, session.scalar(_OLDEST))


def count_queued(session: Session) -> int:
    """Messages waiting to be sent, counted up to MOST."""
    count: int = session.execute(_QUEUED, {"most": MOST}).scalar_one()
    return count


def count_unknown(session: Session) -> int:
    """Messages whose fate is unknown, counted up to MOST."""
    count: int = session.execute(_UNKNOWN, {"most": MOST}).scalar_one()
    return count


def _queued(session: Session, context: Context, now: datetime) -> float:
    return float(count_queued(session))


def _unknown(session: Session, context: Context, now: datetime) -> float:
    return float(count_unknown(session))


def _handouts(session: Session, context: Context, now: datetime) -> float:
    return float(session.execute(_HANDOUTS).scalar_one())


GAUGES = (
    Gauge("funnel_oldest_due_seconds", "How late the oldest clock is, in real seconds.", _oldest_due),
    Gauge("funnel_messages_queued", f"Messages waiting to be sent, counted up to {MOST}.", _queued),
    Gauge("funnel_messages_unknown", f"Messages whose fate is unknown, counted up to {MOST}.", _unknown),
    Gauge("funnel_handouts", "Chunks of work on their way to actors.", _handouts),
)
