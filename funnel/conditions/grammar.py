"""The words of a condition, and reading them from JSON.

{"stage": "warm"}                          {"stage": {"at_least": "warm"}}      also at_most, is
{"tag": "vip"}                             {"consent": "email_marketing"}
{"field": {"key": "size", "at_least": 50}} also is, not, contains, at_most, known (true or false)
{"score": {"at_least": 30}}                also at_most; of: fit, engagement or total
{"form": "demo"}                           {"form": {"key": "demo", "within": "30 days"}}
{"event": "message_clicked"}               {"event": {"kind": ..., "within": "7 days", "at_least": 2}}
{"all": [...]}  {"any": [...]}  {"not": {...}}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

from funnel.conditions import nodes
from funnel.conditions.nodes import Condition
from funnel.conditions.reading import Problem, Reading, below, listed, shown, unknown

DEEPEST = 10
MOST_CONDITIONS = 1000
LIMITS: tuple[nodes.Limit, ...] = ("at_least", "at_most")
STAGE_TESTS: tuple[nodes.StageTest, ...] = ("is", "at_least", "at_most")


class ConditionError(ValueError):
    """The condition has problems; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path or 'condition'}: {problem.message}" for problem in problems))
        self.problems = problems


def parse(document: object) -> Condition:
    """The condition that this JSON says. ConditionError when it says none."""
    reading = Reading()
    condition = read(reading, document, "")
    if condition is None or reading.problems:
        raise ConditionError(reading.problems)
    return condition


def problems(document: object, path: str = "", ladder: Collection[str] | None = None) -> list[Problem]:
    """What a person has to mend in this condition; `ladder` holds the stages there are, None leaves them unchecked."""
    reading = Reading(ladder)
    read(reading, document, path)
    return reading.problems


def read(reading: Reading, document: object, path: str, depth: int = 0) -> Condition | None:
    """The condition at `path` of a larger document; None when it has problems, which `reading` then holds."""
    if not isinstance(document, dict) or len(document) != 1:
        found = "an object with several" if isinstance(document, dict) and document else shown(document)
        reading.complain(path, f"expected an object with one of {listed(TERMS)}, not {found}")
        return None
    [(word, value)] = document.items()
    if word not in TERMS:
        reading.complain(path, unknown(word, TERMS, UNBUILT))
        return None
    reading.conditions += 1
    if depth > DEEPEST or reading.conditions > MOST_CONDITIONS:
        reading.complain(path, f"conditions nest at most {DEEPEST} deep, {MOST_CONDITIONS} in one document")
        return None
    before = len(reading.problems)
    condition = TERMS[word](reading, value, below(path, word), depth)
    return condition if len(reading.problems) == before else None


def _all(reading: Reading, value: object, path: str, depth: int) -> Condition | None:
    parts = _parts(reading, value, path, depth)
    return nodes.All(parts) if parts else None


def _any(reading: Reading, value: object, path: str, depth: int) -> Condition | None:
    parts = _parts(reading, value, path, depth)
    return nodes.AnyOf(parts) if parts else None


def _parts(reading: Reading, value: object, path: str, depth: int) -> tuple[Condition, ...]:
    if not isinstance(value, list) or not value:
        reading.complain(path, f"expected a list of conditions, not {shown(value)}")
        return ()
    parts = (read(reading, part, below(path, n), depth + 1) for n, part in enumerate(value[:MOST_CONDITIONS]))
    return tuple(part for part in parts if part is not None)


def _not(reading: Reading, value: object, path: str, depth: int) -> Condition | None:
    part = read(reading, value, path, depth + 1)
    return nodes.Not(part) if part else None


def _stage(reading: Reading, value: object, path: str, _: int) -> Condition | None:
    if isinstance(value, str):
        key = reading.stage(value, path)
        return nodes.Stage("is", key) if key else None
    tests = reading.mapping(value, path, STAGE_TESTS)
    keys = [(test, reading.stage(tests[test], below(path, test))) for test in STAGE_TESTS if test in tests]
    return _together(
        reading, [nodes.Stage(test, key) if key else None for test, key in keys], path, listed(STAGE_TESTS)
    )


def _tag(reading: Reading, value: object, path: str, _: int) -> Condition | None:
    name = reading.text(value, path)
    return nodes.Tag(name) if name else None


def _consent(reading: Reading, value: object, path: str, _: int) -> Condition | None:
    purpose = reading.text(value, path)
    return nodes.Consent(purpose) if purpose else None


def _field(reading: Reading, value: object, path: str, _: int) -> Condition | None:
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


def _score(reading: Reading, value: object, path: str, _: int) -> Condition | None:
    tests = reading.mapping(value, path, ("at_least", "at_most", "of"))
    of = tests.get("of", "total")
    if of not in ("fit", "engagement", "total"):
        reading.complain(below(path, "of"), f"expected fit, engagement or total, not {shown(of)}")
    limits = [(test, reading.number(tests[test], below(path, test))) for test in LIMITS if test in tests]
    found = [None if limit is None else nodes.Score(of, test, limit) for test, limit in limits]
    return _together(reading, found, path, listed(LIMITS))


def _form(reading: Reading, value: object, path: str, _: int) -> Condition | None:
    tests = {"key": value} if isinstance(value, str) else reading.mapping(value, path, ("key", "within"), ("key",))
    key = reading.text(tests["key"], below(path, "key")) if "key" in tests else None
    within = _within(reading, tests, path)
    return nodes.Form(key, within) if key else None


def _event(reading: Reading, value: object, path: str, _: int) -> Condition | None:
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


Term = Callable[[Reading, object, str, int], "Condition | None"]

TERMS: dict[str, Term] = {
    "all": _all,
    "any": _any,
    "not": _not,
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
#: words of the plan that nothing answers yet
UNBUILT = ("replied", "segment", "campaign", "source")
