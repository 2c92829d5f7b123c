"""A condition as a Python function."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from funnel.conditions import nodes
from funnel.conditions.nodes import Condition, Scalar
from funnel.conditions.subject import Subject

#: yes, no, or None: not measurable
Answer: TypeAlias = bool | None
#: `now` is engine time
Predicate: TypeAlias = Callable[[Subject, datetime], Answer]

#: ASCII and Latin-1 only, so that Python and PostgreSQL fold alike whatever the database's locale
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞ"
LOWER = UPPER.lower()
NUMBER = "-?[0-9]{1,30}([.][0-9]{1,30})?"

_FOLD = str.maketrans(UPPER, LOWER)
_NUMBER = re.compile(NUMBER)


def predicate(condition: Condition) -> Predicate:
    """The function that asks this condition of a lead at a time."""
    match condition:
        case nodes.All(parts):
            return _all([predicate(part) for part in parts])
        case nodes.AnyOf(parts):
            return _any([predicate(part) for part in parts])
        case nodes.Not(part):
            return _not(predicate(part))
        case nodes.Stage():
            return _stage(condition)
        case nodes.Tag(name):
            return lambda subject, now: name in subject.tags
        case nodes.FieldIs(key, value):
            return lambda subject, now: key in subject.fields and _equal(subject.fields[key], value)
        case nodes.FieldContains(key, value):
            return lambda subject, now: _contains(subject.fields.get(key), value)
        case nodes.FieldNumber():
            return _field_number(condition)
        case nodes.FieldKnown(key):
            return lambda subject, now: subject.fields.get(key) not in (None, "")
        case nodes.Score():
            return _score(condition)
        case nodes.Consent(purpose):
            return lambda subject, now: subject.consents.get(purpose) == "granted"
        case nodes.Form(key, within):
            return lambda subject, now: key in subject.forms and _recent(subject.forms[key], within, now)
        case nodes.Event():
            return _event(condition)


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


def _field_number(term: nodes.FieldNumber) -> Predicate:
    limit, at_least = Decimal(repr(term.limit)), term.test == "at_least"

    def compared(subject: Subject, now: datetime) -> Answer:
        value = _number(subject.fields.get(term.key))
        return value is not None and (value >= limit if at_least else value <= limit)

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
        times = sum(_recent(at, term.within, now) for at in subject.events.get(term.kind, ()))
        if times >= term.at_least:
            return True
        return False if subject.measures(term.kind) else None

    return happened


def _recent(at: datetime, within: timedelta | None, now: datetime) -> bool:
    return within is None or at > now - within


def _equal(value: Any, wanted: Scalar) -> bool:
    """As JSON has it: true is not 1, but 1 is 1.0."""
    return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)


def _contains(value: Any, wanted: Scalar) -> bool:
    if isinstance(value, list):
        return any(_equal(element, wanted) for element in value)
    if not isinstance(value, str) or not isinstance(wanted, str):
        return False
    return wanted.translate(_FOLD) in value.translate(_FOLD)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(repr(value))
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    return None
