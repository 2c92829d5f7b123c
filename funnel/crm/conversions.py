"""Conversions: told by programs and people, or counted when a lead comes to a goal's stage. Times are engine times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.crm import facts, leads
from funnel.crm.facts import Fact
from funnel.crm.keyset import Page, Place, cut
from funnel.models import Conversion, Goal

#: who told a conversion that a stage counted
BY_STAGE = "stage"
#: Moves that tell of a stage that a lead came to before, elsewhere or as another lead.
OLD_NEWS = frozenset({"import", "merge"})


class OtherConversionError(Exception):
    """Another conversion of this goal has the key: another lead's, or with another value."""


@dataclass(frozen=True)
class Told:
    """One conversion as it is told. Without a value it has its goal's."""

    key: str
    at: datetime
    by: str
    value: Decimal | None = None
    currency: str | None = None


def convert(session: Session, goal: Goal, lead_id: int, told: Told) -> tuple[Conversion, bool] | None:
    """The conversion, and whether it is new: told again with the same key it is the same. None without such a lead.

    Raises OtherConversionError.
    """
    held = leads.hold(session, lead_id)
    if held is None:
        return None
    money = (goal.value, goal.currency) if told.value is None else (told.value, told.currency)
    made = _insert(session, goal, held, told, money)
    if made is not None:
        facts.record(session, [_fact("converted", made, goal.key, told.by)])
        return made, True
    same = session.scalars(select(Conversion).where(Conversion.goal_id == goal.id, Conversion.key == told.key)).one()
    if same.lead_id != held or (told.value is not None and (same.value, same.currency) != money):
        raise OtherConversionError
    return same, False


def count_stages(session: Session, moves: Sequence[Any]) -> None:
    """Leads that came to the stage of a goal have reached it, each once; `moves` are facts `stage_changed`.

    The caller holds the leads.
    """
    moves = [fact for fact in moves if fact.data.get("reason") not in OLD_NEWS]
    stages = {fact.data["to"] for fact in moves}
    if not stages:
        return
    counted = []
    for goal in session.scalars(select(Goal).where(Goal.stage.in_(stages)).order_by(Goal.id)).all():
        for fact in moves:
            if fact.data["to"] != goal.stage:
                continue
            told = Told(f"{BY_STAGE} {fact.lead_id}", fact.at, BY_STAGE)
            made = _insert(session, goal, fact.lead_id, told, (goal.value, goal.currency))
            if made is not None:
                counted.append(_fact("converted", made, goal.key, BY_STAGE, fact))
    facts.record(session, counted)


def withdraw(session: Session, conversion_id: int, reason: str, now: datetime, by: str) -> Conversion | None:
    """Take it back, with the reason; it stays in the list and counts no more. None when there is none.

    Withdrawn twice, the first reason stays.
    """
    lead_id = session.scalar(select(Conversion.lead_id).where(Conversion.id == conversion_id))
    if lead_id is None or leads.hold(session, lead_id) is None:
        return None
    row = session.execute(
        select(Conversion, Goal.key).join(Goal, Goal.id == Conversion.goal_id).where(Conversion.id == conversion_id)
    ).one()
    conversion: Conversion = row[0]
    if conversion.withdrawn_at is None:
        conversion.withdrawn_at, conversion.withdrawn_by, conversion.reason = now, by, reason
        session.flush()
        fact = _fact("conversion_withdrawn", conversion, row[1], by)
        facts.record(session, [Fact(fact.kind, fact.lead_id, now, fact.data)])
    return conversion


def by_id(session: Session, conversion_id: int) -> Mapping[str, Any] | None:
    """One, with the key of its goal."""
    row = session.execute(_listed().where(Conversion.id == conversion_id)).one_or_none()
    return None if row is None else _told(row)


def page(
    session: Session,
    *,
    goal: str | None = None,
    lead_id: int | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> Page[Mapping[str, Any]]:
    """Conversions with the keys of their goals, the last told first."""
    rows = _listed().order_by(Conversion.id.desc()).limit(limit + 1)
    if goal is not None:
        rows = rows.where(Goal.key == goal)
    if lead_id is not None:
        rows = rows.where(Conversion.lead_id == lead_id)
    if after is not None:
        rows = rows.where(Conversion.id < after.id)
    found = [_told(row) for row in session.execute(rows)]
    return cut(found, limit, lambda one: Place(one["at"], one["id"]))


def _insert(
    session: Session, goal: Goal, lead_id: int, told: Told, money: tuple[Decimal | None, str | None]
) -> Conversion | None:
    row = insert(Conversion).values(
        goal_id=goal.id, lead_id=lead_id, key=told.key, value=money[0], currency=money[1], at=told.at, told_by=told.by
    )
    kept = row.on_conflict_do_nothing(index_elements=["goal_id", "key"]).returning(Conversion)
    return session.scalars(kept).one_or_none()


def _fact(kind: str, conversion: Conversion, goal: str, by: str, cause: Any = None) -> Fact:
    data = {"goal": goal, "conversion": conversion.id, "by": by}
    if cause is None:
        return Fact(kind, conversion.lead_id, conversion.at, data)
    return Fact(kind, conversion.lead_id, conversion.at, data, cause.id, cause.depth + 1)


def _listed() -> Select[Conversion, str, str]:
    return select(Conversion, Goal.key.label("goal"), Goal.name.label("goal_name")).join(
        Goal, Goal.id == Conversion.goal_id
    )


def _told(row: Any) -> Mapping[str, Any]:
    columns = ("id", "lead_id", "key", "value", "currency", "at", "told_by", "withdrawn_at", "withdrawn_by", "reason")
    return {name: getattr(row[0], name) for name in columns} | {"goal": row.goal, "goal_name": row.goal_name}
