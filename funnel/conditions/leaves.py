"""The terms that say something of a lead themselves: reading each from JSON. `grammar` shows what they look like."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias

from funnel.conditions import nodes, reading_values
from funnel.conditions.nodes import Condition
from funnel.conditions.reading import Reading, below, listed, shown
from funnel.conditions.reading_values import scalar, together

#: reads the value of a term at a path; answers None after complaining
Leaf: TypeAlias = Callable[[Reading, object, str], "Condition | None"]

LIMITS: tuple[nodes.Limit, ...] = ("at_least", "at_most")
STAGE_TESTS: tuple[nodes.StageTest, ...] = ("is", "at_least", "at_most")
SEQUENCE_TESTS: tuple[nodes.SequenceTest, ...] = ("in", "was_in", "completed")
EVENT_WORDS = ("kind", "within", "at_least", "data")
MOST_DATA = 10


def _stage(reading: Reading, value: object, path: str) -> Condition | None:
    if isinstance(value, str):
        key = reading.stage(value, path)
        return nodes.Stage("is", key) if key else None
    tests = reading.mapping(value, path, STAGE_TESTS)
    keys = [(test, reading.stage(tests[test], below(path, test))) for test in STAGE_TESTS if test in tests]
    return together(reading, [nodes.Stage(test, key) if key else None for test, key in keys], path, listed(STAGE_TESTS))


def _tag(reading: Reading, value: object, path: str) -> Condition | None:
    name = reading.text(value, path)
    return nodes.Tag(name) if name else None


def _consent(reading: Reading, value: object, path: str) -> Condition | None:
    purpose = reading.text(value, path)
    return nodes.Consent(purpose) if purpose else None


def _score(reading: Reading, value: object, path: str) -> Condition | None:
    tests = reading.mapping(value, path, ("at_least", "at_most", "of"))
    of = tests.get("of", "total")
    if of not in ("fit", "engagement", "total"):
        reading.complain(below(path, "of"), f"expected fit, engagement or total, not {shown(of)}")
    limits = [(test, reading.number(tests[test], below(path, test))) for test in LIMITS if test in tests]
    found = [None if limit is None else nodes.Score(of, test, limit) for test, limit in limits]
    return together(reading, found, path, listed(LIMITS))


def _form(reading: Reading, value: object, path: str) -> Condition | None:
    tests = {"key": value} if isinstance(value, str) else reading.mapping(value, path, ("key", "within"), ("key",))
    key = reading.text(tests["key"], below(path, "key")) if "key" in tests else None
    within = _within(reading, tests, path)
    return nodes.Form(key, within) if key else None


def _event(reading: Reading, value: object, path: str) -> Condition | None:
    short = isinstance(value, str)
    tests = {"kind": value} if short else reading.mapping(value, path, EVENT_WORDS, ("kind",))
    kind = reading.text(tests["kind"], below(path, "kind")) if "kind" in tests else None
    within = _within(reading, tests, path)
    times = tests.get("at_least", 1)
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= 10_000:
        reading.complain(below(path, "at_least"), f"expected a whole number from 1 to 10000, not {shown(times)}")
        return None
    data = _data(reading, tests["data"], below(path, "data")) if "data" in tests else ()
    return nodes.Event(kind, within, times, data) if kind else None


def _within(reading: Reading, tests: dict[str, Any], path: str) -> timedelta | None:
    if "within" not in tests:
        return None
    within = reading.duration(tests["within"], below(path, "within"))
    if within == timedelta():
        reading.complain(below(path, "within"), "expected a duration longer than zero")
    return within


def _data(reading: Reading, value: object, path: str) -> tuple[tuple[str, nodes.Scalar], ...]:
    """What must have been noted of an event, word by word."""
    if not isinstance(value, dict) or not value or len(value) > MOST_DATA:
        reading.complain(path, f"expected an object with 1 to {MOST_DATA} words, not {shown(value)}")
        return ()
    found = []
    for word, wanted in value.items():
        place = below(path, shown(word).strip('"'))
        key = reading.text(word, place)
        one = scalar(reading, wanted, place)
        if key is not None and one is not None:
            found.append((key, one))
    return tuple(found)


def _sequence(reading: Reading, value: object, path: str) -> Condition | None:
    tests = {"in": value} if isinstance(value, str) else reading.mapping(value, path, SEQUENCE_TESTS)
    found = [
        nodes.Sequence(test, key) if (key := reading.text(tests[test], below(path, test))) else None
        for test in SEQUENCE_TESTS
        if test in tests
    ]
    return together(reading, found, path, listed(SEQUENCE_TESTS))


def _segment(reading: Reading, value: object, path: str) -> Condition | None:
    key = reading.segment(value, path)
    return nodes.Segment(key) if key else None


LEAVES: dict[str, Leaf] = {
    "stage": _stage,
    "tag": _tag,
    "field": reading_values.field,
    "score": _score,
    "consent": _consent,
    "form": _form,
    "answer": reading_values.answer,
    "event": _event,
    "source": reading_values.source,
    "created": reading_values.created,
    "sequence": _sequence,
    "segment": _segment,
}
