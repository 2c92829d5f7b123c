"""When the answer of a condition changes with nobody doing anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from funnel.conditions import nodes
from funnel.conditions.needs import terms
from funnel.conditions.nodes import Condition
from funnel.conditions.python import predicate
from funnel.conditions.subject import Subject


def next_change(condition: Condition, subject: Subject, now: datetime) -> datetime | None:
    """The first time after `now` at which the answer differs if no more facts come; None when time changes nothing."""
    asked = predicate(condition)
    answer = asked(subject, now)
    moments = {at for term in terms(condition) for at in _moments(term, subject) if at > now}
    return next((at for at in sorted(moments) if asked(subject, at) != answer), None)


def _moments(term: Condition, subject: Subject) -> Iterator[datetime]:
    """When a term may change: what happened stops being recent."""
    match term:
        case nodes.Form(key, within) if within and key in subject.forms:
            yield subject.forms[key] + within
        case nodes.Event(kind, within) if within:
            yield from (at + within for at in subject.events.get(kind, ()))
