"""Reading the terms that test a value: a field, an answer, where the lead came from, when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Literal, TypeAlias

from funnel.conditions import nodes
from funnel.conditions.nodes import Condition, Place
from funnel.conditions.reading import Reading, below, listed, shown
from funnel.conditions.sql_values import PARTS
from funnel.conditions.values import NETWORKS

#: reads one test of a value; answers None after complaining
Test: TypeAlias = Callable[[Reading, Place, object, str], "Condition | None"]

TOUCHES: tuple[nodes.Touch, ...] = ("first", "last")
SOURCE_PARTS = (*PARTS, "network")


def field(reading: Reading, value: object, path: str) -> Condition | None:
    tests = reading.mapping(value, path, ("key", *TESTS), ("key",))
    key = reading.text(tests.get("key"), below(path, "key")) if "key" in tests else None
    found = _tests(reading, nodes.Field(key), tests, path) if key else []
    return together(reading, found, path, listed(TESTS))


def answer(reading: Reading, value: object, path: str) -> Condition | None:
    tests = reading.mapping(value, path, ("form", "key", *TESTS), ("form", "key"))
    named = [reading.text(tests[word], below(path, word)) if word in tests else None for word in ("form", "key")]
    form, key = named
    found = _tests(reading, nodes.Answer(form, key), tests, path) if form and key else []
    return together(reading, found, path, listed(TESTS))


def source(reading: Reading, value: object, path: str) -> Condition | None:
    told = reading.mapping(value, path, ("touch", *SOURCE_PARTS))
    touch = told.get("touch", "first")
    if touch not in TOUCHES:
        reading.complain(below(path, "touch"), f"expected first or last, not {shown(touch)}")
        return None
    parts = [part for part in SOURCE_PARTS if part in told]
    found = [_part(reading, nodes.Source(touch, part), told[part], below(path, part)) for part in parts]
    return together(reading, found, path, listed(SOURCE_PARTS))


def created(reading: Reading, value: object, path: str) -> Condition | None:
    tests = reading.mapping(value, path, tuple(DATE_TESTS))
    return together(reading, _tests(reading, nodes.Created(), tests, path), path, listed(DATE_TESTS))


def together(reading: Reading, found: Sequence[Condition | None], path: str, expected: str) -> Condition | None:
    """Several tests in one term must all hold."""
    if not found and not any(problem.path.startswith(path) for problem in reading.problems):
        reading.complain(path, f"nothing to compare with: expected {expected}")
    parts = tuple(part for part in found if part is not None)
    return parts[0] if len(parts) == 1 else nodes.All(parts)


def scalar(reading: Reading, value: object, path: str) -> nodes.Scalar | None:
    """A value that others can be compared with."""
    if isinstance(value, bool):
        return value
    return reading.number(value, path) if isinstance(value, int | float) else reading.text(value, path)


def _part(reading: Reading, place: nodes.Source, value: object, path: str) -> Condition | None:
    if not isinstance(value, dict):
        value = {"is": value}
    tests = reading.mapping(value, path, tuple(TEXT_TESTS))
    if place.part == "network" and isinstance(tests.get("is"), str) and tests["is"] not in NETWORKS:
        reading.complain(path, f"expected one of {listed(NETWORKS)}, not {shown(tests['is'])}")
        return None
    return together(reading, _tests(reading, place, tests, path), path, listed(TEXT_TESTS))


def _tests(reading: Reading, place: Place, tests: dict[str, object], path: str) -> list[Condition | None]:
    return [TESTS[test](reading, place, value, below(path, test)) for test, value in tests.items() if test in TESTS]


def _is(reading: Reading, place: Place, value: object, path: str) -> Condition | None:
    wanted = scalar(reading, value, path)
    return None if wanted is None else nodes.Value(place, nodes.Is(wanted))


def _is_not(reading: Reading, place: Place, value: object, path: str) -> Condition | None:
    same = _is(reading, place, value, path)
    return nodes.Not(same) if same else None


def _contains(reading: Reading, place: Place, value: object, path: str) -> Condition | None:
    wanted = scalar(reading, value, path)
    return None if wanted is None else nodes.Value(place, nodes.Contains(wanted))


def _limit(test: nodes.Limit) -> Test:
    def read(reading: Reading, place: Place, value: object, path: str) -> Condition | None:
        limit = reading.number(value, path)
        return None if limit is None else nodes.Value(place, nodes.Number(test, limit))

    return read


def _known(reading: Reading, place: Place, value: object, path: str) -> Condition | None:
    if not isinstance(value, bool):
        reading.complain(path, f"expected true or false, not {shown(value)}")
    known = nodes.Value(place, nodes.Known())
    return known if value else nodes.Not(known)


def _dated(test: Literal["before", "after"]) -> Test:
    def read(reading: Reading, place: Place, value: object, path: str) -> Condition | None:
        found = _date(reading, value, path)
        return nodes.Value(place, nodes.Dated(test, found)) if found else None

    return read


def _near(test: Literal["in_last", "in_next"]) -> Test:
    def read(reading: Reading, place: Place, value: object, path: str) -> Condition | None:
        days = _days(reading, value, path)
        return nodes.Value(place, nodes.Near(test, days)) if days else None

    return read


def _date(reading: Reading, value: object, path: str) -> str | None:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError:
        reading.complain(path, f'expected a date such as "2026-05-31", not {shown(value)}')
        return None


def _days(reading: Reading, value: object, path: str) -> int | None:
    span = reading.duration(value, path)
    if span is not None and (span % timedelta(days=1) or not span):
        reading.complain(path, 'expected whole days, such as "7 days" or "2 weeks"')
        return None
    return span.days if span else None


DATE_TESTS: dict[str, Test] = {
    "before": _dated("before"),
    "after": _dated("after"),
    "in_last": _near("in_last"),
    "in_next": _near("in_next"),
}
TEXT_TESTS: dict[str, Test] = {"is": _is, "not": _is_not, "contains": _contains, "known": _known}
TESTS: dict[str, Test] = {
    **TEXT_TESTS,
    "at_least": _limit("at_least"),
    "at_most": _limit("at_most"),
    **DATE_TESTS,
}
