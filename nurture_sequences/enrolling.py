"""Leads enter sequences, are woken in them, and are taken out: set-based, decided by constraints."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import facts
from funnel.crm.facts import Fact
from nurture_sequences.definition import Program
from nurture_sequences.programs import readable


@dataclass(frozen=True)
class Entry:
    """One lead about to enter one sequence because of one fact (none when a person or a program did it)."""

    lead_id: int
    sequence_id: int
    cause_id: int | None = None
    depth: int = 0


@dataclass(frozen=True)
class Live:
    """A published sequence and the version that new leads enter; in a paused one they wait at its first step."""

    sequence_id: int
    key: str
    version_id: int
    program: Program


_LIVE = text("""
    SELECT s.id AS sequence_id, s.key, v.id AS version_id FROM sequences s
      JOIN versions v ON v.sequence_id = s.id AND v.number = s.live_number
     WHERE s.status IN ('live', 'paused') ORDER BY s.id
""")
# A constraint says who is in already; the NOT EXISTS says who was, and may not come back yet.
_ENROLL = text("""
    INSERT INTO enrollments (sequence_id, version_id, lead_id, entered_at, due_at, started_at, cause_id, depth)
    SELECT w.sequence_id, w.version_id, w.lead_id, :now, w.due_at, :now, w.cause_id, w.depth
      FROM json_to_recordset(:rows) AS w (sequence_id bigint, version_id bigint, lead_id bigint, cause_id bigint,
           depth bigint, due_at timestamptz, not_since timestamptz)
     WHERE NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.sequence_id = w.sequence_id AND e.lead_id = w.lead_id
           AND (e.status = 'active' OR w.not_since IS NULL OR e.started_at > w.not_since))
        ON CONFLICT DO NOTHING
    RETURNING id, sequence_id, lead_id, cause_id, depth
""")
_WAKE = text("""
    UPDATE enrollments SET due_at = :now
     WHERE lead_id = ANY (:leads) AND version_id = ANY (:versions) AND status = 'active'
       AND (held IS NULL OR held = 'message') AND due_at > :now
""")
# Who is taken out of a step has left it, too: visits tell of everybody who ever entered one. Whatever they hold
# already, nothing stands between a person and the way out.
_END = text("""
    WITH ended AS (
        UPDATE enrollments SET status = 'ended', reason = :reason, ended_at = :now, held = NULL, due_at = 'infinity'
         WHERE lead_id = ANY (:leads) AND status = 'active' AND (CAST(:only AS bigint) IS NULL OR id = :only)
           AND (CAST(:sequence AS bigint) IS NULL OR sequence_id = :sequence)
        RETURNING id, lead_id, sequence_id, cause_id, depth, step, visit, entered_at
    ), left_behind AS (
        INSERT INTO visits (enrollment_id, number, step, entered_at, left_at, outcome)
        SELECT id, visit, step, entered_at, :now, :reason FROM ended WHERE step IS NOT NULL
            ON CONFLICT DO NOTHING
    )
    SELECT ended.id, lead_id, cause_id, depth, sequences.key AS sequence
      FROM ended JOIN sequences ON sequences.id = ended.sequence_id ORDER BY ended.id
""")
_RESUMED = text("""
    WITH free AS MATERIALIZED (
        SELECT e.id FROM sequences s CROSS JOIN LATERAL (
            SELECT id FROM enrollments
             WHERE sequence_id = s.id AND held = 'paused' AND status = 'active' LIMIT :limit FOR UPDATE SKIP LOCKED) e
         WHERE s.status = 'live'
    ), resumed AS (SELECT id, row_number() OVER () AS n FROM free)
    UPDATE enrollments e SET held = NULL, due_at = :now + resumed.n * CAST(:spread AS interval)
      FROM resumed WHERE e.id = resumed.id
""")


def live_sequences(session: Session) -> list[Live]:
    """Every published sequence; a paused one takes leads in, too, so that a pause loses nobody."""
    rows = session.execute(_LIVE).all()
    compiled = readable(session, {row.version_id for row in rows})
    return [
        Live(row.sequence_id, row.key, row.version_id, compiled[row.version_id])
        for row in rows
        if row.version_id in compiled
    ]


def enroll(
    session: Session, live: Collection[Live], entries: Sequence[Entry], now: datetime, spread: timedelta = timedelta()
) -> list[int]:
    """Enter leads into live sequences; the caller holds their locks. Returns the new enrollments' ids.

    A lead already in the sequence, or out of it for less than the document's `reenter` allows, is passed over.
    With `spread` the first steps of many leads come due evenly over that time instead of all at once.
    """
    by_sequence = {one.sequence_id: one for one in live}
    gap = spread / max(len(entries), 1)
    rows = [
        {
            **asdict(entry),
            "version_id": by_sequence[entry.sequence_id].version_id,
            "due_at": now + gap * number,
            "not_since": _not_since(by_sequence[entry.sequence_id].program, now),
        }
        for number, entry in enumerate(entries)
    ]
    if not rows:
        return []
    entered = session.execute(_ENROLL, {"rows": orjson.dumps(rows).decode(), "now": now}).all()
    facts.record(session, [_enrolled(row, by_sequence, now) for row in entered])
    session.info["hint"] = True
    return [row.id for row in entered]


def wake(session: Session, lead_ids: Collection[int], version_ids: Collection[int], now: datetime) -> None:
    """Look at these leads' enrollments in these versions at once: something happened that may matter to them."""
    session.execute(_WAKE, {"leads": list(lead_ids), "versions": list(version_ids), "now": now})


def end(
    session: Session,
    lead_ids: Collection[int],
    reason: str,
    now: datetime,
    *,
    only: int | None = None,
    sequence_id: int | None = None,
) -> int:
    """Take leads out of every sequence they are in, of one, or out of `only` one enrollment; how many that ended.

    The caller holds their locks.
    """
    named = {"leads": list(lead_ids), "reason": reason, "now": now, "only": only, "sequence": sequence_id}
    ended = session.execute(_END, named).all()
    facts.record(session, [_ended(row, reason, now) for row in ended])
    return len(ended)


def resume_held(session: Session, now: datetime, *, limit: int, spread: timedelta) -> int:
    """Give the next `limit` rows of each resumed sequence their clocks back, `spread` apart; returns how many."""
    result = session.execute(_RESUMED, {"now": now, "limit": limit, "spread": spread})
    return result.rowcount  # type: ignore[attr-defined,no-any-return]


def _not_since(program: Program, now: datetime) -> datetime | None:
    return now - program.reenter_after if program.reenter_after is not None else None


def _enrolled(row: Any, by_sequence: dict[int, Live], now: datetime) -> Fact:
    data = {"sequence": by_sequence[row.sequence_id].key, "enrollment": row.id}
    return Fact("enrolled", row.lead_id, now, data, cause_id=row.cause_id, depth=row.depth)


def _ended(row: Any, reason: str, now: datetime) -> Fact:
    data = {"sequence": row.sequence, "enrollment": row.id, "reason": reason}
    return Fact("ended", row.lead_id, now, data, cause_id=row.cause_id, depth=row.depth + 1)
