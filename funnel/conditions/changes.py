"""When the answer of a condition changes with nobody doing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

from funnel.conditions import nodes
from funnel.conditions.needs import terms
from funnel.conditions.nodes import Condition
from funnel.conditions.python import Predicate, matches, predicate
from funnel.conditions.subject import Subject
from funnel.conditions.values import getter, turns
from funnel.decay import GONE

_MICROSECOND = timedelta(microseconds=1)
#: the first time after `now` (engine time) at which the answer differs if no more facts come; None: it never does
Changes: TypeAlias = Callable[[Subject, datetime], datetime | None]
#: times, in any order, among which are all at which one term changes
Moments: TypeAlias = Callable[[Subject, datetime], Iterable[datetime]]


def changes(condition: Condition) -> Changes:
    """The function that says when time alone changes this condition's answer about a lead."""
    asked, timed = predicate(condition), [_moments(term) for term in terms(condition) if is_timed(term)]

    def next_change(subject: Subject, now: datetime) -> datetime | None:
        if not timed:
            return None
        answer = asked(subject, now)
        moments = {at for some in timed for at in some(subject, now) if at > now}
        return next((at for at in sorted(moments) if asked(subject, at) != answer), None)

    return next_change


def is_timed(term: Condition) -> bool:
    """Whether time alone may change the answer of this term."""
    match term:
        case nodes.Score():
            return term.of != "fit"
        case nodes.Form() | nodes.Event():
            return term.within is not None
        case nodes.Value(_, test):
            return isinstance(test, nodes.Near)
    return False


def _moments(term: Condition) -> Moments:
    """When a term changes: too little of what happened is recent any more, or of the score is left."""
    match term:
        case nodes.Score():
            asked = predicate(term)
            return lambda subject, now: _crossing(term, asked, subject, now)
        case nodes.Form(key, within) if within:
            return lambda subject, now: [subject.forms[key] + within] if key in subject.forms else []
        case nodes.Event():
            return lambda subject, now: _too_old(term, subject)
        case nodes.Value(place, nodes.Near() as test):
            get = getter(place)
            return lambda subject, now: turns(test, get(subject))
    raise TypeError(f"{type(term).__name__} does not change by time")


def _too_old(term: nodes.Event, subject: Subject) -> list[datetime]:
    """When the last of those that are needed is recent no more."""
    newest = sorted((one.at for one in subject.events.get(term.kind, ()) if matches(one, term)), reverse=True)
    return [at + term.within for at in newest[term.at_least - 1 : term.at_least] if term.within]


def _crossing(term: nodes.Score, asked: Predicate, subject: Subject, now: datetime) -> Iterator[datetime]:
    """The microsecond at which a fading score passes a limit: it goes one way only, so it passes at most once.

    Closed form, then set right by the predicate itself: a clock that rang a microsecond early would ring for ever.
    """
    answer = asked(subject, now)
    base = subject.fit if term.of == "total" else 0.0
    engagement = subject.engagement_at(now)
    last = subject.decay.later(GONE, now) if subject.decay.spans and engagement else None
    if last is None or asked(subject, last) == answer:
        return
    before, after = now, last
    near = subject.decay.crossing(engagement, term.limit - base, now)
    if near is not None:
        before, after = _around(lambda at: asked(subject, at) == answer, near, before, after)
    while after - before > _MICROSECOND:
        middle = before + (after - before) // 2
        before, after = (middle, after) if asked(subject, middle) == answer else (before, middle)
    yield after


def _around(
    is_before: Callable[[datetime], bool], near: datetime, before: datetime, after: datetime
) -> tuple[datetime, datetime]:
    """A narrower stretch between these two that still holds the change, if there is one close to `near`."""
    for reach in (2 * _MICROSECOND, timedelta(milliseconds=1), timedelta(seconds=1)):
        early, late = max(before, near - reach), min(after, near + reach)
        if early < late and is_before(early) and not is_before(late):
            return early, late
    return before, after
