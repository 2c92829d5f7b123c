"""A lead's stage: why it stands where it does, and moving it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel.crm import facts
from funnel.crm.facts import Fact
from funnel.models import Event, Lead, LeadClock, RulesVersion, Stage

#: how long a move by hand holds when nothing else is said
HOLD = timedelta(days=30)
LONGEST_HOLD = timedelta(days=3650)
MOST = 100


class UnknownStageError(Exception):
    """There is no such stage."""


class HoldTooLongError(Exception):
    """A hold ends within LONGEST_HOLD."""


@dataclass(frozen=True)
class Move:
    """One change of stage; `condition` is what the rule asked, as it was published then (none: the default)."""

    fact: Event
    condition: dict[str, Any] | None


@dataclass(frozen=True)
class StageOf:
    stage: str
    since: datetime
    held_until: datetime | None
    #: when rules look again though nothing happens
    look_at: datetime | None
    #: newest first
    history: Sequence[Move]


_MOVE = text("""
    UPDATE leads SET stage_since = CASE WHEN stage = :stage THEN stage_since ELSE :now END, stage = :stage,
           stage_held_until = :until, updated_at = :now
     WHERE id = :lead
""")
_RING = text("""
    INSERT INTO lead_clocks AS c (lead_id, due_at) VALUES (:lead, :at)
        ON CONFLICT (lead_id) DO UPDATE SET due_at = least(c.due_at, excluded.due_at)
""")
_LOCK = text("SELECT stage FROM leads WHERE id = :lead FOR NO KEY UPDATE")


def read(session: Session, lead: Lead, now: datetime) -> StageOf:
    """Where it stands, with the moves that brought it there."""
    moves = session.scalars(
        select(Event)
        .where(Event.lead_id == lead.id, Event.kind == "stage_changed")
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(MOST)
    ).all()
    conditions = _conditions(session, moves)
    clock = session.get(LeadClock, lead.id)
    held = lead.stage_held_until if lead.stage_held_until and lead.stage_held_until > now else None
    history = [Move(fact, conditions.get(fact.id)) for fact in moves]
    return StageOf(lead.stage, lead.stage_since, held, clock.due_at if clock else None, history)


def move(
    session: Session, lead_id: int, stage: str, now: datetime, by: str, hold_until: datetime | None = None
) -> bool:
    """A person puts a lead on a rung; rules leave it there until `hold_until` (engine time), or for HOLD.

    A time that is over holds nothing: then the rules look at once. `by` names who did it, without a name. False when
    there is no such lead. Raises UnknownStageError, HoldTooLongError.
    """
    until = hold_until or now + HOLD
    if until > now + LONGEST_HOLD:
        raise HoldTooLongError
    if session.get(Stage, stage) is None:
        raise UnknownStageError
    before = session.execute(_LOCK, {"lead": lead_id}).scalar()
    if before is None:
        return False
    session.execute(_MOVE, {"lead": lead_id, "stage": stage, "until": until, "now": now})
    session.execute(_RING, {"lead": lead_id, "at": max(until, now)})
    if before != stage:
        data = {"from": before, "to": stage, "reason": "person", "by": by, "hold_until": until.isoformat()}
        facts.record(session, [Fact("stage_changed", lead_id, now, data)])
    session.info["hint"] = True
    return True


def _conditions(session: Session, moves: Sequence[Event]) -> dict[int, dict[str, Any]]:
    """What the rules asked that moved the lead, by the fact's id."""
    seen = {fact.id: fact.data["evidence"] for fact in moves if "evidence" in fact.data}
    documents = select(RulesVersion.number, RulesVersion.document).where(
        RulesVersion.kind == "ladder", RulesVersion.number.in_({one["version"] for one in seen.values()})
    )
    rungs = {
        (number, rung["stage"]): rung for number, document in session.execute(documents) for rung in document["rungs"]
    }
    asked = {one: rungs.get((found["version"], found["rung"]), {}).get(found["rule"]) for one, found in seen.items()}
    return {one: condition for one, condition in asked.items() if condition}
