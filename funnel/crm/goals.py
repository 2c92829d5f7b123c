"""Goals: what leads should come to. All times are engine times."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.crm.errors import StaleError, TakenError
from funnel.models import Conversion, Goal, Stage

#: goals of an installation; every one with a stage is looked at when leads move
MOST = 200


class UnknownStageError(Exception):
    """The ladder has no such stage."""


class HasConversionsError(Exception):
    """Leads have reached the goal: it cannot be deleted any more."""


class TooManyGoalsError(Exception):
    """There are as many goals as there may be."""


def goals(session: Session) -> Sequence[Goal]:
    """All of them, in the order of their keys."""
    return session.scalars(select(Goal).order_by(Goal.key).limit(MOST)).all()


def by_key(session: Session, key: str) -> Goal | None:
    return session.scalars(select(Goal).where(Goal.key == key)).one_or_none()


def create(session: Session, told: Mapping[str, Any], now: datetime) -> Goal:
    """A new goal. Raises TakenError, UnknownStageError, TooManyGoalsError."""
    _check_stage(session, told)
    if len(goals(session)) >= MOST:
        raise TooManyGoalsError
    row = insert(Goal).values(**told, created_at=now, updated_at=now)
    made = session.scalars(row.on_conflict_do_nothing(index_elements=["key"]).returning(Goal)).one_or_none()
    if made is None:
        raise TakenError(f"There is already a goal with the key {told['key']}.")
    return made


def change(
    session: Session, key: str, told: Mapping[str, Any], now: datetime, revisions: Collection[int]
) -> Goal | None:
    """Say it anew; conversions that were told stay as they are. None when there is no such goal.

    Raises StaleError, UnknownStageError.
    """
    goal = session.scalars(select(Goal).where(Goal.key == key).with_for_update(key_share=True)).one_or_none()
    if goal is None:
        return None
    if goal.revision not in revisions:
        raise StaleError
    _check_stage(session, told)
    for name in ("name", "stage", "value", "currency"):
        setattr(goal, name, told[name])
    goal.revision, goal.updated_at = goal.revision + 1, now
    session.flush()
    return goal


def remove(session: Session, key: str) -> bool:
    """Delete a goal that nobody reached; False when there is none. Raises HasConversionsError."""
    goal = session.scalars(select(Goal).where(Goal.key == key).with_for_update()).one_or_none()
    if goal is None:
        return False
    if session.scalar(select(exists().where(Conversion.goal_id == goal.id))):
        raise HasConversionsError
    session.execute(delete(Goal).where(Goal.id == goal.id))
    return True


def _check_stage(session: Session, told: Mapping[str, Any]) -> None:
    if told["stage"] is not None and session.get(Stage, told["stage"]) is None:
        raise UnknownStageError
