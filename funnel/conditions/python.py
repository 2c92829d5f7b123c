"""A condition as a Python function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from funnel.conditions import nodes
from funnel.conditions.nodes import Condition
from funnel.conditions.subject import Occurred, Subject
from funnel.conditions.values import equal, getter, passing

#: yes, no, or None: not measurable
Answer: TypeAlias = bool | None
#: `now` is engine time
Predicate: TypeAlias = Callable[[Subject, datetime], Answer]


def predicate(condition: Condition) -> Predicate:
    """The function that asks this condition of a lead at a time."""
    match condition:
        case nodes.All(parts):
            return _all([predicate(part) for part in parts])
        case nodes.AnyOf(parts):
            return _any([predicate(part) for part in parts])
        case nodes.Not(part):
            return _not(predicate(part))
        case nodes.Holds(part):
            return _holds(predicate(part))
        case _:
            return _leaf(condition)


def _leaf(term: nodes.Leaf) -> Predicate:
    match term:
        case nodes.Stage():
            return _stage(term)
        case nodes.Tag(name):
            return lambda subject, now: name in subject.tags
        case nodes.Value(place, test):
            return _value(place, test)
        case nodes.Score():
            return _score(term)
        case nodes.Consent(purpose):
            return lambda subject, now: subject.consents.get(purpose) == "granted"
        case nodes.Form(key, within):
            return lambda subject, now: key in subject.forms and _recent(subject.forms[key], within, now)
        case nodes.Event():
            return _event(term)
        case nodes.Sequence(test, key):
            return lambda subject, now: test in subject.sequences.get(key, ())
        case nodes.Segment(key):
            return lambda subject, now: key in subject.segments


def _all(parts: Sequence[Predicate]) -> Predicate:
    def every(subject: Subject, now: datetime) -> Answer:
        answer: Answer = True
        for part in parts:
            found = part(subject, now)
            if found is False:
                return False
            answer = answer and found
        return answer

    return every


def _any(parts: Sequence[Predicate]) -> Predicate:
    def some(subject: Subject, now: datetime) -> Answer:
        answer: Answer = False
        for part in parts:
            found = part(subject, now)
            if found:
                return True
            answer = None if found is None else answer
        return answer

    return some


def _not(part: Predicate) -> Predicate:
    def negated(subject: Subject, now: datetime) -> Answer:
        found = part(subject, now)
        return None if found is None else not found

    return negated


def _holds(part: Predicate) -> Predicate:
    return lambda subject, now: bool(part(subject, now))


def _value(place: nodes.Place, test: nodes.Test) -> Predicate:
    get, passes = getter(place), passing(test)
    return lambda subject, now: passes(get(subject), now)


def _stage(term: nodes.Stage) -> Predicate:
    if term.test == "is":
        return lambda subject, now: subject.stage == term.key
    at_least = term.test == "at_least"

    def compared(subject: Subject, now: datetime) -> Answer:
        here, there = subject.ladder.get(subject.stage), subject.ladder.get(term.key)
        if here is None or there is None:
            return None  # the rung was removed: nothing can be said of above and below
        return here >= there if at_least else here <= there

    return compared


def _score(term: nodes.Score) -> Predicate:
    limit, at_least = term.limit, term.test == "at_least"

    def compared(subject: Subject, now: datetime) -> Answer:
        score = _points(term.of, subject, now)
        return score >= limit if at_least else score <= limit

    return compared


def _points(of: str, subject: Subject, now: datetime) -> float:
    if of == "fit":
        return subject.fit
    engagement = subject.engagement_at(now)
    return subject.fit + engagement if of == "total" else engagement


def _event(term: nodes.Event) -> Predicate:
    def happened(subject: Subject, now: datetime) -> Answer:
        seen = subject.events.get(term.kind, ())
        times = sum(_recent(one.at, term.within, now) and matches(one, term) for one in seen)
        if times >= term.at_least:
            return True
        return False if subject.measures(term.kind) else None

    return happened


def _recent(at: datetime, within: timedelta | None, now: datetime) -> bool:
    return within is None or at > now - within


def matches(one: Occurred, term: nodes.Event) -> bool:
    """Whether what was noted of an event is what the term asks for."""
    return all(equal(one.data.get(key), wanted) for key, wanted in term.data)
