"""What became of a mail, written down: the message settles, the log remembers, its enrollment may wake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import facts
from funnel.crm.facts import Fact
from nurture_sequences.programs import readable

#: a message that was settled: id (as text), lead_id, enrollment_id, occasion, step, status, reason, settled_at
Row: TypeAlias = Any


@dataclass(frozen=True)
class Settlement:
    """The end of one message: accepted, refused or skipped."""

    id: UUID
    status: str
    reason: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    #: engine time, when it is known to have been earlier
    at: datetime | None = None


@dataclass(frozen=True)
class Delay:
    """One message that was certainly not taken: again at `due_at` (engine time). `counts` as a try, or not."""

    id: UUID
    due_at: datetime
    reason: str | None
    counts: bool


_SETTLE = text("""
    UPDATE messages m
       SET status = w.status, reason = w.reason, settled_at = coalesce(w.at, :now), send_by = NULL, held = NULL,
           provider = coalesce(w.provider, m.provider), provider_id = coalesce(w.provider_id, m.provider_id)
      FROM json_to_recordset(:rows) AS w
           (id uuid, status text, reason text, provider text, provider_id text, at timestamptz)
     WHERE m.id = w.id AND m.status IN ('queued', 'sending', 'unknown')
       AND (CAST(:claim AS uuid) IS NULL OR m.claim = :claim)
    RETURNING CAST(m.id AS text) AS id, m.lead_id, m.enrollment_id, m.occasion, m.step, m.status, m.reason, m.settled_at
""")
_WAKE = text("""
    UPDATE enrollments e SET due_at = :now, held = NULL FROM messages m
     WHERE m.id = ANY (CAST(:ids AS uuid[])) AND e.id = m.enrollment_id AND e.status = 'active' AND e.held = 'message'
       AND m.occasion = 'visit:' || e.id || ':' || e.visit
""")
_DELAY = text("""
    UPDATE messages m
       SET status = 'queued', due_at = w.due_at, reason = w.reason, send_by = NULL, claim = NULL,
           held = NULL, attempts = attempts - CASE WHEN w.counts THEN 0 ELSE 1 END
      FROM json_to_recordset(:rows) AS w (id uuid, due_at timestamptz, reason text, counts boolean)
     WHERE m.id = w.id AND m.claim = :claim AND m.status IN ('sending', 'unknown')
""")
_GIVE_BACK = text("""
    UPDATE messages SET status = 'queued', due_at = :now, held = NULL, send_by = NULL, claim = NULL,
           attempts = attempts - 1
     WHERE id = ANY (:ids) AND claim = :claim AND status IN ('sending', 'unknown')
""")
_UNKNOWN = text("""
    UPDATE messages SET status = 'unknown', due_at = :due_at, reason = :reason, send_by = NULL
     WHERE id = ANY (:ids) AND claim = :claim AND status = 'sending'
""")
_LOST = text("""
    WITH lost AS (
        SELECT id FROM messages WHERE status = 'sending' AND send_by < :before LIMIT 1000 FOR UPDATE SKIP LOCKED
    )
    UPDATE messages m SET status = 'unknown', due_at = :due_at, send_by = NULL,
           reason = 'the process that was sending it died'
      FROM lost WHERE m.id = lost.id
""")
_HOLD = text("""
    UPDATE messages SET due_at = 'infinity', held = 'unknown' WHERE id = ANY (:ids) AND status = 'unknown'
""")
_RESEND = text("""
    UPDATE messages SET status = 'queued', due_at = :now, claim = NULL WHERE id = ANY (:ids) AND status = 'unknown'
""")
_ASIDE = text("""
    UPDATE messages SET due_at = 'infinity', held = 'error', reason = :reason WHERE id = :id AND status = 'queued'
""")


def settle(
    session: Session, settlements: Sequence[Settlement], now: datetime, claim: UUID | None = None
) -> Sequence[Row]:
    """Settle messages and record the facts; the caller holds the leads' locks, and lets their enrollments go on.

    With a claim, only messages that this claim still owns are settled. Returns those that were.
    """
    if not settlements:
        return []
    rows = orjson.dumps(settlements).decode()
    settled = session.execute(_SETTLE, {"rows": rows, "now": now, "claim": claim}).all()
    facts.record(
        session,
        [
            Fact(f"message_{row.status}", row.lead_id, now, {"message": row.id, "step": row.step, "why": row.reason})
            for row in settled
            if row.lead_id is not None
        ],
    )
    return settled


def wake(session: Session, settled: Sequence[Row], now: datetime) -> None:
    """The enrollments that waited for these messages look again at `now`."""
    ids = [row.id for row in settled if row.enrollment_id is not None]
    if ids and session.execute(_WAKE, {"ids": ids, "now": now}).rowcount:  # type: ignore[attr-defined]
        session.info["hint"] = True


def delay(session: Session, delays: Sequence[Delay], claim: UUID) -> None:
    """Queue messages of this claim again, also those that the pulse gave up waiting for meanwhile."""
    if delays:
        rows = orjson.dumps(delays).decode()
        session.execute(_DELAY, {"rows": rows, "claim": claim})


def give_back(session: Session, ids: Sequence[UUID], claim: UUID, now: datetime) -> int:
    """Queue those of these mails that this claim owns, when they were certainly not posted; returns how many."""
    result = session.execute(_GIVE_BACK, {"ids": list(ids), "claim": claim, "now": now})
    return result.rowcount  # type: ignore[attr-defined,no-any-return]


def doubt(session: Session, ids: Sequence[UUID], reason: str, due_at: datetime, claim: UUID) -> None:
    """Messages of this claim that may have been taken: the provider's event, or the end of grace, will tell."""
    if ids:
        session.execute(_UNKNOWN, {"ids": list(ids), "reason": reason, "due_at": due_at, "claim": claim})


def doubt_lost(session: Session, before: datetime, due_at: datetime) -> int:
    """Claims whose deadline is long over (`before` is wall time) belong to a process that died; returns how many."""
    result = session.execute(_LOST, {"before": before, "due_at": due_at})
    return result.rowcount  # type: ignore[attr-defined,no-any-return]


def set_aside(session: Session, message_id: UUID, reason: str) -> None:
    """Take a message that cannot even be claimed out of the pulse's sight until a person looks at it."""
    session.execute(_ASIDE, {"id": message_id, "reason": reason})


def decide_unknown(session: Session, rows: Sequence[Any], now: datetime) -> None:
    """The grace is over and no event came: the sequence's policy holds the mail for a person, or sends it again.

    It keeps its id and so its Message-ID. `rows` are locked messages with `id` and `version_id`. Service mail has no
    version: somebody waits for it, and a second confirmation does less harm than none.
    """
    compiled = readable(session, {row.version_id for row in rows if row.version_id is not None})
    resending = {version_id for version_id, program in compiled.items() if program.on_unknown == "resend"}
    again = [row.id for row in rows if row.version_id is None or row.version_id in resending]
    if again:
        session.execute(_RESEND, {"ids": again, "now": now})
    if len(again) < len(rows):
        session.execute(_HOLD, {"ids": [row.id for row in rows if row.id not in set(again)]})


def backoff(attempts: int) -> timedelta:
    """How long a message waits after so many tries that were not taken (wall time): 5 s, doubling, an hour at most."""
    return timedelta(seconds=min(5 * 2 ** max(attempts - 1, 0), 3600))
