"""The terms that say something of a lead themselves: reading each from JSON. `grammar` shows what they look like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from funnel.conditions import nodes
from funnel.conditions.nodes import Condition
from funnel.conditions.reading import Reading, below, listed, shown

#: reads the value of a term at a path; answers None after complaining
Leaf: TypeAlias = Callable[[Reading, object, str], "Condition | None"]

LIMITS: tuple[nodes.Limit, ...] = ("at_least", "at_most")
STAGE_TESTS: tuple[nodes.StageTest, ...] = ("is", "at_least", "at_most")


def _stage(reading: Reading, value: object, path: str) -> Condition | None:
    if isinstance(value, str):
        key = reading.stage(value, path)
        return nodes.Stage("is", key) if key else None
    tests = reading.mapping(value, path, STAGE_TESTS)
    keys = [(test, reading.stage(tests[test], below(path, test))) for test in STAGE_TESTS if test in tests]
    return _together(
        reading, [nodes.Stage(test, key) if key else None for test, key in keys], path, listed(STAGE_TESTS)
    )


def _tag(reading: Reading, value: object, path: str) -> Condition | None:
    name = reading.text(value, path)
    return nodes.Tag(name) if name else None


def _consent(reading: Reading, value: object, path: str) -> Condition | None:
    purpose = reading.text(value, path)
    return nodes.Consent(purpose) if purpose else None


def _field(reading: Reading, value: object, path: str) -> Condition | None:
    tests = reading.mapping(value, path, ("key", *FIELD_TESTS), ("key",))
    key = reading.text(tests.get("key"), below(path, "key")) if "key" in tests else None
    found = [
        FIELD_TESTS[test](reading, key, limit, below(path, test))
        for test, limit in tests.items()
        if key and test in FIELD_TESTS
    ]
    return _together(reading, found, path, listed(FIELD_TESTS))


def _is(reading: Reading, key: str, value: object, path: str) -> Condition | None:
    scalar = _scalar(reading, value, path)
    return None if scalar is None else nodes.FieldIs(key, scalar)


def _is_not(reading: Reading, key: str, value: object, path: str) -> Condition | None:
    equal = _is(reading, key, value, path)
    return nodes.Not(equal) if equal else None


def _contains(reading: Reading, key: str, value: object, path: str) -> Condition | None:
    scalar = _scalar(reading, value, path)
    return None if scalar is None else nodes.FieldContains(key, scalar)


def _at_least(reading: Reading, key: str, value: object, path: str) -> Condition | None:
    limit = reading.number(value, path)
    return None if limit is None else nodes.FieldNumber(key, "at_least", limit)


def _at_most(reading: Reading, key: str, value: object, path: str) -> Condition | None:
    limit = reading.number(value, path)
    return None if limit is None else nodes.FieldNumber(key, "at_most", limit)


def _known(reading: Reading, key: str, value: object, path: str) -> Condition | None:
    if not isinstance(value, bool):
        reading.complain(path, f"expected true or false, not {shown(value)}")
    return nodes.FieldKnown(key) if value else nodes.Not(nodes.FieldKnown(key))


def _scalar(reading: Reading, value: object, path: str) -> nodes.Scalar | None:
    if isinstance(value, bool):
        return value
    return reading.number(value, path) if isinstance(value, int | float) else reading.text(value, path)


def _score(reading: Reading, value: object, path: str) -> Condition | None:
    tests = reading.mapping(value, path, ("at_least", "at_most", "of"))
    of = tests.get("of", "total")
    if of not in ("fit", "engagement", "total"):
        reading.complain(below(path, "of"), f"expected fit, engagement or total, not {shown(of)}")
    limits = [(test, reading.number(tests[test], below(path, test))) for test in LIMITS if test in tests]
    found = [None if limit is None else nodes.Score(of, test, limit) for test, limit in limits]
    return _together(reading, found, path, listed(LIMITS))


def _form(reading: Reading, value: object, path: str) -> Condition | None:
    tests = {"key": value} if isinstance(value, str) else reading.mapping(value, path, ("key", "within"), ("key",))
    key = reading.text(tests["key"], below(path, "key")) if "key" in tests else None
    within = _within(reading, tests, path)
    return nodes.Form(key, within) if key else None


def _event(reading: Reading, value: object, path: str) -> Condition | None:
    short = isinstance(value, str)
    tests = {"kind": value} if short else reading.mapping(value, path, ("kind", "within", "at_least"), ("kind",))
    kind = reading.text(tests["kind"], below(path, "kind")) if "kind" in tests else None
    within = _within(reading, tests, path)
    times = tests.get("at_least", 1)
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= 10_000:
        reading.complain(below(path, "at_least"), f"expected a whole number from 1 to 10000, not {shown(times)}")
        return None
    return nodes.Event(kind, within, times) if kind else None


def _within(reading: Reading, tests: dict[str, Any], path: str) -> timedelta | None:
    if "within" not in tests:
        return None
    within = reading.duration(tests["within"], below(path, "within"))
    if within == timedelta():
        reading.complain(below(path, "within"), "expected a duration longer than zero")
    return within


def _together(reading: Reading, found: Sequence[Condition | None], path: str, expected: str) -> Condition | None:
    """Several tests in one term must all hold."""
    if not found and not any(problem.path.startswith(path) for problem in reading.problems):
        reading.complain(path, f"nothing to compare with: expected {expected}")
    parts = tuple(part for part in found if part is not None)
    return parts[0] if len(parts) == 1 else nodes.All(parts)


LEAVES: dict[str, Leaf] = {
    "stage": _stage,
    "tag": _tag,
    "field": _field,
    "score": _score,
    "consent": _consent,
    "form": _form,
    "event": _event,
}
FIELD_TESTS: dict[str, Callable[[Reading, str, object, str], Condition | None]] = {
    "is": _is,
    "not": _is_not,
    "contains": _contains,
    "at_least": _at_least,
    "at_most": _at_most,
    "known": _known,
}
