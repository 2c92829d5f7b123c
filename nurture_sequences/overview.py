"""Reads for people: which sequences there are and how many are inside, where one lead stands, what is due and held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm.keyset import Page, Place, cut
from nurture_sequences import sequences

#: counts for lists go no further: a list must not cost more because a sequence is successful
COUNTED = 10_000

_LISTED = text("""
    SELECT s.id, s.key, s.status, s.revision, s.live_number, s.created_at, s.updated_at, inside.count AS inside,
           CASE WHEN jsonb_typeof(s.draft -> 'name') = 'string' THEN s.draft ->> 'name' END AS name,
           s.draft IS DISTINCT FROM v.document AS unpublished
      FROM sequences s LEFT JOIN versions v ON v.sequence_id = s.id AND v.number = s.live_number
           CROSS JOIN LATERAL (
           SELECT count(*) FROM (SELECT FROM enrollments e
            WHERE e.sequence_id = s.id AND e.status = 'active' LIMIT :most) AS counted) AS inside
     WHERE s.key > :after ORDER BY s.key LIMIT :limit
""")
_ENROLLMENTS = text("""
    SELECT e.id, s.key AS sequence, v.number AS version, e.status, e.step, e.held, e.reason, e.started_at, e.ended_at,
           CASE WHEN e.status = 'active' AND e.due_at < 'infinity' THEN e.due_at END AS due_at
      FROM enrollments e JOIN sequences s ON s.id = e.sequence_id JOIN versions v ON v.id = e.version_id
     WHERE e.lead_id = :lead ORDER BY e.id DESC LIMIT :limit
""")
# Entered first, told first: the id is the order of entering.
_INSIDE = """
    SELECT e.id, e.lead_id, l.email, v.number AS version, e.step, e.entered_at, e.started_at, e.held, e.reason,
           CASE WHEN e.due_at < 'infinity' THEN e.due_at END AS due_at
      FROM enrollments e JOIN leads l ON l.id = e.lead_id JOIN versions v ON v.id = e.version_id
     WHERE e.sequence_id = :sequence AND e.status = 'active' {narrowed} ORDER BY e.id LIMIT :limit
"""
_NARROWED = {"after": "AND e.id > :after", "step": "AND e.step = :step", "version": "AND v.number = :version"}
_STANDING = text("""
    SELECT s.key, s.status, count(e.id) FILTER (WHERE e.due_at <= :now) AS due,
           count(e.id) FILTER (WHERE e.due_at > :now AND e.due_at < 'infinity') AS waiting,
           count(e.id) FILTER (WHERE e.held = 'message') AS on_a_mail,
           count(e.id) FILTER (WHERE e.held = 'paused') AS paused,
           count(e.id) FILTER (WHERE e.held = 'error') AS in_error,
           min(e.due_at) FILTER (WHERE e.due_at < 'infinity') AS next_at
      FROM sequences s LEFT JOIN enrollments e ON e.sequence_id = s.id AND e.status = 'active'
     GROUP BY s.id ORDER BY s.key
""")
_MAIL = text("""
    SELECT status, held, count(*) FROM messages WHERE status IN ('queued', 'sending', 'unknown')
     GROUP BY status, held ORDER BY status, held
""")
_STUCK = text("""
    SELECT s.key, count(*) AS count FROM (
        SELECT sequence_id FROM enrollments WHERE held IN ('error', 'failed') LIMIT :most) AS e
      JOIN sequences s ON s.id = e.sequence_id GROUP BY s.key ORDER BY s.key
""")
_FAILED_FACTS = text("SELECT count(*) FROM (SELECT FROM pending_facts WHERE failed IS NOT NULL LIMIT :most) AS counted")
_ERRORS = text("""
    SELECT e.id, s.key, e.step, e.reason FROM enrollments e JOIN sequences s ON s.id = e.sequence_id
     WHERE e.status = 'active' AND e.held = 'error' ORDER BY e.id LIMIT :limit
""")


@dataclass(frozen=True)
class Due:
    """What the engine has before it."""

    #: by sequence: key, status, due, waiting, on_a_mail, paused, in_error, next_at
    sequences: Sequence[Any]
    #: mail that is not settled: status, held, count
    mail: Sequence[Any]
    #: some enrollments set aside: id, key, step, reason
    errors: Sequence[Any]


def listed(session: Session, *, after: str = "", limit: int = 100) -> Sequence[Any]:
    """Sequences in the order of their keys, with how many leads are inside (up to COUNTED and one)."""
    return session.execute(_LISTED, {"after": after, "limit": limit, "most": COUNTED + 1}).all()


def inside(
    session: Session,
    key: str,
    *,
    step: str | None = None,
    version: int | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> Page[Any]:
    """Who is in a sequence, at one step or anywhere, in the order of entering. Raises UnknownSequenceError."""
    given = {"after": after.id if after else None, "step": step, "version": version}
    wanted = {name: value for name, value in given.items() if value is not None}
    statement = text(_INSIDE.format(narrowed=" ".join(_NARROWED[name] for name in wanted)))
    sequence = sequences.read(session, key)
    rows = session.execute(statement, {"sequence": sequence.id, "limit": limit + 1, **wanted}).all()
    return cut(rows, limit, lambda row: Place(row.started_at, row.id))


def enrollments(session: Session, lead_id: int, *, limit: int = 200) -> Sequence[Any]:
    """Where a lead stands in each sequence, newest first; `due_at` is null when only a fact will wake it."""
    return session.execute(_ENROLLMENTS, {"lead": lead_id, "limit": limit}).all()


def stuck(session: Session, most: int) -> Sequence[Any]:
    """By sequence: how many leads stand at a step that failed, until a person decides; counted up to `most` in all."""
    return session.execute(_STUCK, {"most": most}).all()


def failed_facts(session: Session, most: int) -> int:
    """How many facts the reactions set aside, counted up to `most`."""
    count: int = session.execute(_FAILED_FACTS, {"most": most}).scalar_one()
    return count


def due(session: Session, now: datetime) -> Due:
    """Counts over every active enrollment: for a person who asks, not for a page."""
    rows = session.execute(_STANDING, {"now": now}).all()
    return Due(rows, session.execute(_MAIL).all(), session.execute(_ERRORS, {"limit": 20}).all())
