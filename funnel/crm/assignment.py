"""Rules by which new leads are shared out: the first that fits decides, and its people take turns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from funnel import conditions
from funnel.conditions import Condition
from funnel.crm import owners, subjects
from funnel.models import AssignmentRule, User

#: who gives leads by rule, as facts say it
BY = "system"

_OWNERLESS = text("""
    SELECT id, stage, fit, engagement, engaged_at FROM leads WHERE id = ANY (:ids) AND owner_id IS NULL ORDER BY id
""")
# The row is locked until the end of the transaction, so that nobody's turn is given twice.
_TURNS = text("UPDATE assignment_rules SET turn = turn + :leads WHERE position = :rule RETURNING turn - :leads")


def rules(session: Session) -> Sequence[AssignmentRule]:
    """In the order in which they are asked."""
    return session.scalars(select(AssignmentRule).order_by(AssignmentRule.position)).all()


def problems(documents: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What has to be mended in the conditions of these rules, by path."""
    found: dict[str, list[str]] = defaultdict(list)
    for number, rule in enumerate(documents):
        if rule["condition"] is not None:
            for problem in conditions.problems(rule["condition"], f"rules.{number}.condition"):
                found[problem.path].append(problem.message)
    return dict(found)


def write(session: Session, documents: Sequence[Mapping[str, Any]]) -> None:
    """These rules instead of those there are; they have no problems, and their users may be given leads."""
    session.execute(delete(AssignmentRule))
    rows = [{"position": number} | dict(rule) for number, rule in enumerate(documents)]
    if rows:
        session.execute(insert(AssignmentRule), rows)
    session.expire_all()


def share_out(session: Session, lead_ids: Collection[int], now: datetime) -> None:
    """Give those of these leads that nobody has to whom the rules say; the caller holds their locks.

    Users who may not sign in any more are passed over, and so is a rule that has no others.
    """
    asked = rules(session) if lead_ids else ()
    if not asked:
        return
    rows = {row.id: row for row in session.execute(_OWNERLESS, {"ids": list(lead_ids)})}
    named = {owner for rule in asked for owner in rule.owners}
    active = {user.id for user in session.scalars(select(User).where(User.id.in_(named))) if user.active}
    for position, fitting in _fitting(session, asked, rows, now).items():
        people = [owner for owner in asked[position].owners if owner in active]
        if people:
            first = session.scalar(_TURNS, {"rule": asked[position].position, "leads": len(fitting)})
            owners.assign(session, owners.in_turn(fitting, people, first or 0), owners.BY_RULE, now, BY)


def _fitting(
    session: Session, asked: Sequence[AssignmentRule], rows: Mapping[int, Any], now: datetime
) -> dict[int, list[int]]:
    """The leads that each rule decides about, by its number among the rules, in their order."""
    if not rows:
        return {}
    parsed = [conditions.parse(rule.condition) if rule.condition is not None else None for rule in asked]
    told = _subjects(session, [one for one in parsed if one is not None], rows)
    predicates = [conditions.predicate(one) if one is not None else None for one in parsed]
    found: dict[int, list[int]] = defaultdict(list)
    for lead_id in rows:
        for number, holds in enumerate(predicates):
            if holds is None or holds(told[lead_id], now):
                found[number].append(lead_id)
                break
    return dict(sorted(found.items()))


def _subjects(session: Session, parsed: Sequence[Condition], rows: Mapping[int, Any]) -> dict[int, Any]:
    reads = frozenset().union(*(conditions.reads(one) for one in parsed))
    kinds = frozenset().union(*(conditions.event_kinds(one) for one in parsed))
    return subjects.subjects(session, rows, reads, kinds)
