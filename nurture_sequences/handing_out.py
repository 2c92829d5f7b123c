"""Handing out what is due, in chunks, no more than the workers will soon take.

The statement that hands a row out sets its clock a hand-out's time on: work that is lost rings again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from nurture_sequences import settling, shares
from nurture_sequences.looking import Looked

#: ids in one chunk of work
STEPS_IN_CHUNK = 500
MAILS_IN_CHUNK = 200
#: leads looked at again
LEADS_IN_CHUNK = 500

# Of each sequence its share, by one probe each; the fence keeps the planner from running the subquery twice.
_STEPS = text("""
    WITH due AS MATERIALIZED (
        SELECT d.id FROM json_to_recordset(:shares) AS s (source bigint, share bigint) CROSS JOIN LATERAL (
            SELECT e.id FROM enrollments e
             WHERE e.sequence_id = s.source AND e.status = 'active' AND e.due_at <= :now
             ORDER BY e.due_at LIMIT s.share FOR UPDATE SKIP LOCKED) AS d
         LIMIT :limit
    )
    UPDATE enrollments e SET due_at = :ring FROM due WHERE e.id = due.id
    RETURNING e.id, e.lead_id, e.sequence_id AS source
""")
# Somebody waits for a confirmation at a screen: it does not queue behind a campaign.
_AWAITED = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM messages WHERE purpose = 'service' AND status IN ('queued', 'unknown') AND due_at <= :now
         ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE messages m SET due_at = :ring FROM due WHERE m.id = due.id
    RETURNING m.id, m.lead_id, m.status, m.version_id, m.purpose
""")
_MAILS = text("""
    WITH due AS MATERIALIZED (
        SELECT d.id FROM json_to_recordset(:shares) AS v (source bigint, share bigint) CROSS JOIN LATERAL (
            SELECT m.id FROM messages m
             WHERE m.version_id = v.source AND m.purpose = 'marketing' AND m.status IN ('queued', 'unknown')
               AND m.due_at <= :now
             ORDER BY m.due_at LIMIT v.share FOR UPDATE SKIP LOCKED) AS d
         LIMIT :limit
    )
    UPDATE messages m SET due_at = :ring FROM due WHERE m.id = due.id
    RETURNING m.id, m.lead_id, m.status, m.version_id, m.purpose, m.version_id AS source
""")
_REVIEWS = text("""
    WITH due AS MATERIALIZED (
        SELECT lead_id FROM lead_clocks WHERE due_at <= :now ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE lead_clocks c SET due_at = :ring FROM due WHERE c.lead_id = due.lead_id RETURNING c.lead_id
""")
# A job's clock is wall time.
_JOBS = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM jobs WHERE due_at <= :wall ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE jobs j SET due_at = :deadline FROM due WHERE j.id = due.id RETURNING j.id
""")
_HANDED = text("""
    INSERT INTO handouts (id, scope, actor, size, deadline)
    SELECT id, :scope, actor, size, :deadline FROM json_to_recordset(:rows) AS w (id uuid, actor text, size bigint)
""")


@dataclass(frozen=True)
class Limits:
    """How many chunks of each kind may be on their way at once."""

    scope: str
    chunks: int


@dataclass(frozen=True)
class Chunk:
    """Ids on their way to an actor."""

    id: UUID
    actor: str
    ids: Sequence[Any]


def hand_out(
    session: Session,
    looked: Looked,
    limits: Limits,
    now: datetime,
    ring: datetime,
    wall: datetime,
    deadline: datetime,
) -> list[Chunk]:
    """The chunks to send once this is committed. Their rows ring again at `ring` (engine time), `deadline` in wall
    time."""
    chunks: list[Chunk] = []
    if looked.facts and looked.outstanding.get("react", 0) < max(limits.chunks // 4, 1):
        chunks.append(Chunk(uuid4(), "react", ()))
    if looked.sequences:
        chunks += _steps(session, looked, limits, now, ring)
    if looked.reviews:
        chunks += _reviews(session, looked, limits, now, ring)
    if looked.mails or looked.awaited:
        chunks += _mails(session, looked, limits, now, ring)
    if looked.jobs:
        chunks += _jobs(session, looked, limits, wall, deadline)
    if chunks:
        rows = [{"id": chunk.id, "actor": chunk.actor, "size": len(chunk.ids)} for chunk in chunks]
        session.execute(_HANDED, {"rows": orjson.dumps(rows).decode(), "scope": limits.scope, "deadline": deadline})
    return chunks


def _steps(session: Session, looked: Looked, limits: Limits, now: datetime, ring: datetime) -> list[Chunk]:
    room = (limits.chunks - looked.outstanding.get("advance", 0)) * STEPS_IN_CHUNK
    if room <= 0:
        return []
    sources = {sequence: sequence for sequence in looked.sequences}
    rows = shares.take(session, _STEPS, sources, room, {"now": now, "ring": ring})
    # Leads in order, so that chunks lock different stretches of them.
    return _chunks("advance", [row.id for row in sorted(rows, key=lambda row: row.lead_id)], STEPS_IN_CHUNK)


def _reviews(session: Session, looked: Looked, limits: Limits, now: datetime, ring: datetime) -> list[Chunk]:
    """A quarter of the places: a lead's stage may wait a moment longer than its mail."""
    room = (max(limits.chunks // 4, 1) - looked.outstanding.get("review", 0)) * LEADS_IN_CHUNK
    if room <= 0:
        return []
    rows = session.execute(_REVIEWS, {"now": now, "ring": ring, "limit": room})
    return _chunks("review", sorted(row.lead_id for row in rows), LEADS_IN_CHUNK)


def _jobs(session: Session, looked: Looked, limits: Limits, wall: datetime, deadline: datetime) -> list[Chunk]:
    """An eighth of the places: a job keeps its thread for as long as the hand-out lasts, and leads come first."""
    room = max(limits.chunks // 8, 1) - looked.outstanding.get("work", 0)
    if room <= 0:
        return []
    rows = session.execute(_JOBS, {"wall": wall, "deadline": deadline, "limit": room})
    return [Chunk(uuid4(), "work", [row.id]) for row in rows]


def _mails(session: Session, looked: Looked, limits: Limits, now: datetime, ring: datetime) -> list[Chunk]:
    room = (limits.chunks - looked.outstanding.get("deliver", 0)) * MAILS_IN_CHUNK
    if room <= 0:
        return []
    clocks = {"now": now, "ring": ring}
    rows = session.execute(_AWAITED, {**clocks, "limit": room}).all() if looked.awaited else []
    rows = [*rows, *shares.take(session, _MAILS, dict(looked.mails), room - len(rows), clocks)]
    settling.decide_unknown(session, [row for row in rows if row.status == "unknown"], now)
    queued = sorted(
        (row for row in rows if row.status == "queued"),
        key=lambda row: (row.purpose != "service", row.lead_id or 0),
    )
    return _chunks("deliver", [row.id for row in queued], MAILS_IN_CHUNK)


def _chunks(actor: str, ids: Sequence[Any], size: int) -> list[Chunk]:
    return [Chunk(uuid4(), actor, ids[start : start + size]) for start in range(0, len(ids), size)]
