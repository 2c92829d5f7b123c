"""Values and tests of them, in Python: what stands at a place of a lead, and whether it passes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from funnel.conditions import nodes
from funnel.conditions.nodes import Place, Scalar, Test
from funnel.conditions.subject import Subject

#: the value, None when it is missing
Get: TypeAlias = Callable[[Subject], Any]
#: `now` is engine time
Passes: TypeAlias = Callable[[Any, datetime], bool]

#: ASCII and Latin-1 only, so that Python and PostgreSQL fold alike whatever the database's locale
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞ"
LOWER = UPPER.lower()
NUMBER = "-?[0-9]{1,30}([.][0-9]{1,30})?"
#: A date, or a time that begins with one. Dates of this form are compared as texts: no cast that could fail.
DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
DATED = f"{DATE}(T[0-9:.+Z-]*)?"
#: so long past, and so far ahead, that nothing changes there any more: counting days might leave the calendar
LONG_AGO, FOREVER = "1000", "9000"
#: which ad network leaves which click id
NETWORKS = {
    "google": ("gclid", "gbraid", "wbraid"),
    "meta": ("fbclid",),
    "linkedin": ("li_fat_id",),
    "tiktok": ("ttclid",),
    "microsoft": ("msclkid",),
    "x": ("twclid",),
}

_FOLD = str.maketrans(UPPER, LOWER)
_NUMBER, _DATED = re.compile(NUMBER), re.compile(DATED)


def getter(place: Place) -> Get:
    """The function that reads this place."""
    match place:
        case nodes.Field(key):
            return lambda subject: subject.fields.get(key)
        case nodes.Answer(form, key):
            return lambda subject: subject.answers.get(form, {}).get(key)
        case nodes.Source(touch, part):
            return lambda subject: subject.touches.get(touch, {}).get(part)
        case nodes.Created():
            return lambda subject: day(subject.created_at) if subject.created_at else None


def passing(test: Test) -> Passes:
    """The function that makes this test."""
    match test:
        case nodes.Is(wanted):
            return lambda value, now: equal(value, wanted)
        case nodes.Contains(wanted):
            return lambda value, now: _contains(value, wanted)
        case nodes.Known():
            return lambda value, now: value not in (None, "")
        case nodes.Number():
            return _number(test)
        case nodes.Dated(word, limit):
            before = word == "before"
            return lambda value, now: (
                (there := dated(value)) is not None and (there < limit if before else there > limit)
            )
        case nodes.Near():
            return lambda value, now: (there := dated(value)) is not None and _is_between(there, *span(test, now))


def day(at: datetime) -> str:
    """The date of a time in UTC."""
    return at.astimezone(UTC).date().isoformat()


def dated(value: Any) -> str | None:
    """The date at the head of a value."""
    return value[:10] if isinstance(value, str) and _DATED.fullmatch(value) else None


def span(test: nodes.Near, now: datetime) -> tuple[str, str]:
    """The first and the last day that pass."""
    today, other = now.astimezone(UTC).date(), timedelta(days=test.days)
    return (_back(today, test.days), day(now)) if test.test == "in_last" else (day(now), (today + other).isoformat())


def turns(test: nodes.Near, value: Any) -> list[datetime]:
    """Times (midnights in UTC) among which are all at which the answer about this value changes.

    A date that no calendar has (a 30th of February) counts as its month's last day or as the next: both are named.
    None are named before `LONG_AGO` and from `FOREVER` on.
    """
    written = dated(value)
    if written is None or not LONG_AGO < written < FOREVER:
        return []
    there = _last_of_month(*(int(part) for part in written.split("-")))
    midnight = datetime(there.year, there.month, there.day, tzinfo=UTC)
    shift = test.days if test.test == "in_last" else -test.days
    return [midnight + timedelta(days=days) for days in (0, 1, shift, shift + 1)]


def equal(value: Any, wanted: Scalar) -> bool:
    """As JSON has it: true is not 1, but 1 is 1.0."""
    return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)


def _back(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


def _is_between(value: str, first: str, last: str) -> bool:
    return first <= value <= last


def _last_of_month(year: int, month: int, number: int) -> date:
    while number > 28:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1
    return date(year, month, number)


def _contains(value: Any, wanted: Scalar) -> bool:
    if isinstance(value, list):
        return any(equal(element, wanted) for element in value)
    if not isinstance(value, str) or not isinstance(wanted, str):
        return False
    return wanted.translate(_FOLD) in value.translate(_FOLD)


def _number(test: nodes.Number) -> Passes:
    limit, at_least = Decimal(repr(test.limit)), test.test == "at_least"

    def compared(value: Any, now: datetime) -> bool:
        found = _as_number(value)
        return found is not None and (found >= limit if at_least else found <= limit)

    return compared


def _as_number(value: Any) -> Decimal | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(repr(value))
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    return None
