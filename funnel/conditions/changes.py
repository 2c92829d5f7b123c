"""When the answer of a condition changes with nobody doing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeAlias

from funnel.conditions import nodes
from funnel.conditions.needs import terms
from funnel.conditions.nodes import Condition
from funnel.conditions.python import predicate
from funnel.conditions.subject import Subject

#: the first time after `now` (engine time) at which the answer differs if no more facts come; None: it never does
Changes: TypeAlias = Callable[[Subject, datetime], datetime | None]


def changes(condition: Condition) -> Changes:
    """The function that says when time alone changes this condition's answer about a lead."""
    asked, timed = predicate(condition), [term for term in terms(condition) if _is_timed(term)]

    def next_change(subject: Subject, now: datetime) -> datetime | None:
        if not timed:
            return None
        answer = asked(subject, now)
        moments = {at for term in timed for at in _moments(term, subject) if at > now}
        return next((at for at in sorted(moments) if asked(subject, at) != answer), None)

    return next_change


def _is_timed(term: Condition) -> bool:
    return isinstance(term, nodes.Form | nodes.Event) and term.within is not None


def _moments(term: Condition, subject: Subject) -> Iterator[datetime]:
    """When a term changes: too little of what happened is recent any more."""
    match term:
        case nodes.Form(key, within) if within and key in subject.forms:
            yield subject.forms[key] + within
        case nodes.Event(kind, within, times) if within:
            newest = sorted(subject.events.get(kind, ()), reverse=True)
            yield from (at + within for at in newest[times - 1 : times])
