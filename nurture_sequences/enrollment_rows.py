"""What a batch of decisions writes: a handful of statements, whatever the size of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from funnel import ids
from funnel.crm import facts
from funnel.crm.facts import Fact
from nurture_sequences.machine import Decision, Left

NEVER = "infinity"


@dataclass
class Written:
    """What a batch of decisions comes to, ready to be written in a handful of statements."""

    enrollments: list[dict[str, Any]] = field(default_factory=list)
    visits: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    stages: dict[int, str] = field(default_factory=dict)
    #: by lead: each tag, and whether it is put on or taken off
    tags: dict[int, dict[str, bool]] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)


_ENROLLMENTS = text("""
    UPDATE enrollments e
       SET step = w.step, visit = w.visit, entered_at = w.entered_at, due_at = w.due_at, held = w.held,
           reason = w.reason, status = CASE WHEN w.ended_at IS NULL THEN 'active' ELSE 'ended' END,
           ended_at = w.ended_at
      FROM json_to_recordset(:rows) AS w (id bigint, step text, visit bigint, entered_at timestamptz,
           due_at timestamptz, held text, reason text, ended_at timestamptz)
     WHERE e.id = w.id
""")
_VISITS = text("""
    INSERT INTO visits (enrollment_id, number, step, entered_at, left_at, outcome)
    SELECT * FROM json_to_recordset(:rows) AS w
           (enrollment_id bigint, number bigint, step text, entered_at timestamptz, left_at timestamptz, outcome text)
""")
_MESSAGES = text("""
    INSERT INTO messages (id, occasion, address, lead_id, enrollment_id, version_id, step, purpose, due_at, queued_at)
    SELECT id, occasion, address, lead_id, enrollment_id, version_id, step, purpose, queued_at, queued_at
      FROM json_to_recordset(:rows) AS w (id uuid, occasion text, address text, lead_id bigint,
           enrollment_id bigint, version_id bigint, step text, purpose text, queued_at timestamptz)
        ON CONFLICT (occasion, address) DO NOTHING
""")
_STAGES = text("""
    UPDATE leads SET stage = w.stage, stage_since = :now, updated_at = :now
      FROM json_to_recordset(:rows) AS w (id bigint, stage text) WHERE leads.id = w.id
""")
_TAGS = text("""
    UPDATE leads SET updated_at = :now, tags = ARRAY(
               SELECT unnest(leads.tags || w.added) EXCEPT SELECT unnest(w.removed) ORDER BY 1)
      FROM json_to_recordset(:rows) AS w (id bigint, added text[], removed text[]) WHERE leads.id = w.id
""")


def write(session: Session, written: Written, now: datetime) -> None:
    """Everything a batch decided, in the caller's transaction."""
    stages = [{"id": lead, "stage": stage} for lead, stage in written.stages.items()]
    tags = [
        {
            "id": lead,
            "added": [tag for tag, on in changes.items() if on],
            "removed": [tag for tag, on in changes.items() if not on],
        }
        for lead, changes in written.tags.items()
    ]
    _execute(session, _STAGES, stages, now=now)
    _execute(session, _TAGS, tags, now=now)
    _execute(session, _ENROLLMENTS, written.enrollments)
    _execute(session, _VISITS, written.visits)
    _execute(session, _MESSAGES, written.messages)
    if written.messages:
        session.info["hint"] = True
    facts.record(session, written.facts)


def decided(row: Any, decision: Decision, now: datetime) -> dict[str, Any]:
    """The enrollment after a decision."""
    ended = decision.ended is not None
    return {
        "id": row.id,
        "step": decision.step,
        "visit": decision.visit,
        "entered_at": decision.entered_at,
        "due_at": NEVER if ended or decision.due_at is None else decision.due_at,
        "held": None if ended else decision.held,
        "reason": decision.ended,
        "ended_at": now if ended else None,
    }


def parked(row: Any, held: str, reason: str | None = None) -> dict[str, Any]:
    """The enrollment as it stood, out of the pulse's sight until something wakes it."""
    standing = {"id": row.id, "step": row.step, "visit": row.visit, "entered_at": row.entered_at}
    return {**standing, "due_at": NEVER, "held": held, "reason": reason, "ended_at": None}


def visit(enrollment_id: int, left: Left) -> dict[str, Any]:
    """A step left behind."""
    return {
        "enrollment_id": enrollment_id,
        "number": left.number,
        "step": left.step,
        "entered_at": left.entered_at,
        "left_at": left.left_at,
        "outcome": left.outcome,
    }


def occasion(enrollment_id: int, visit_number: int) -> str:
    """What makes the mail of a visit the only one of its kind."""
    return f"visit:{enrollment_id}:{visit_number}"


def message(row: Any, lead: Any, step: str, visit_number: int, now: datetime) -> dict[str, Any]:
    """The mail of a visit, queued; its occasion makes it the only one of its kind."""
    return {
        "id": ids.time_ordered(now),
        "occasion": occasion(row.id, visit_number),
        "address": lead.email,
        "lead_id": row.lead_id,
        "enrollment_id": row.id,
        "version_id": row.version_id,
        "step": step,
        "purpose": "marketing",
        "queued_at": now,
    }


def _execute(session: Session, statement: TextClause, rows: Sequence[dict[str, Any]], **parameters: object) -> None:
    if rows:
        session.execute(statement, {"rows": orjson.dumps(rows).decode(), **parameters})
