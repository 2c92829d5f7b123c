"""The words of a condition, and reading them from JSON.

{"stage": "warm"}                          {"stage": {"at_least": "warm"}}      also at_most, is
{"tag": "vip"}                             {"consent": "email_marketing"}
{"field": {"key": "size", "at_least": 50}} also is, not, contains, at_most, known (true or false), and for dates
                                           before, after ("2026-05-31"), in_last, in_next ("7 days"), days in UTC
{"answer": {"form": "demo", "key": "budget", "is": "large"}}   the same tests of the last accepted submission
{"source": {"campaign": "spring"}}         also source, medium, term, content, network; touch: first or last; each
                                           may be an object of is, not, contains, known
{"created": {"in_last": "30 days"}}        also in_next, before, after
{"score": {"at_least": 30}}                also at_most; of: fit, engagement or total
{"form": "demo"}                           {"form": {"key": "demo", "within": "30 days"}}
{"event": "message_clicked"}               {"event": {"kind": ..., "within": "7 days", "at_least": 2, "data": {...}}}
{"sequence": "welcome"}                    {"sequence": {"was_in": "welcome"}}  also in, completed
{"segment": "warm-clinics"}
{"all": [...]}  {"any": [...]}  {"not": {...}}
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from funnel.conditions import nodes
from funnel.conditions.leaves import LEAVES
from funnel.conditions.nodes import Condition
from funnel.conditions.reading import Problem, Reading, below, listed, shown, unknown

DEEPEST = 10
MOST_CONDITIONS = 1000
#: words of the plan that nothing answers yet
UNBUILT = ("replied", "campaign", "owner", "company")


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


def problems(
    document: object,
    path: str = "",
    ladder: Collection[str] | None = None,
    segments: Collection[str] | None = None,
) -> list[Problem]:
    """What a person has to mend in this condition; stages and segments that exist, None leaves them unchecked."""
    reading = Reading(ladder, segments)
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
    place = below(path, word)
    condition = LEAVES[word](reading, value, place) if word in LEAVES else FORKS[word](reading, value, place, depth)
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


FORKS: dict[str, Callable[[Reading, object, str, int], Condition | None]] = {"all": _all, "any": _any, "not": _not}
TERMS = (*FORKS, *LEAVES)
