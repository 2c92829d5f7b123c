"""The rules of the ladder as a document, and reading it into rungs that are ready to use.

rungs            a list; a stage that is not in it is for people and sequences to give
  stage          the stage's key
  enter          a condition: whoever fulfils it belongs here, or higher; absent: no rule brings anybody here
  demote         whether leads may fall from here by rule; absent: they do not
  leave          a condition for falling; absent: no longer fulfilling `enter`, by a margin of a fifth of each score
  minimum_stay   "14 days": nobody falls sooner; nobody waits for a promotion
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from funnel.conditions import (
    Changes,
    Condition,
    Predicate,
    Problem,
    Reading,
    changes,
    event_kinds,
    nodes,
    predicate,
    read,
    reads,
)
from funnel.conditions.circles import check_circles
from funnel.conditions.reading import below, shown
from funnel.stages import flapping

KEYS = ("rungs",)
RUNG = ("stage", "enter", "leave", "demote", "minimum_stay")
MOST_RUNGS = 100


@dataclass(frozen=True, slots=True)
class Question:
    """A condition, ready to be asked, now and by time alone."""

    asked: Predicate
    next_change: Changes


@dataclass(frozen=True, slots=True)
class Rung:
    stage: str
    enter: Question | None = None
    #: None: nobody falls from here by rule
    leave: Question | None = None
    minimum_stay: timedelta = timedelta()


@dataclass(frozen=True)
class Ladder:
    rungs: Mapping[str, Rung]
    #: what must be loaded of a lead
    reads: frozenset[str]
    event_kinds: frozenset[str]


class LadderError(ValueError):
    """The document has problems; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path or 'document'}: {problem.message}" for problem in problems))
        self.problems = problems


def problems(document: object, stages: Collection[str]) -> list[Problem]:
    """What a person has to mend before the rules can be published; `stages` are those that exist."""
    reading = Reading(stages)
    _Reader(reading).read(document)
    return reading.problems


def warnings(document: object) -> list[Problem]:
    """Where a lead could go up and down again and again; of a document without problems."""
    reader = _Reader(Reading())
    reader.read(document)
    return [problem for told in reader.told for problem in flapping.warnings(told)]


def compile_ladder(document: object) -> Ladder:
    """The ladder of a document without problems; LadderError otherwise. Whether its stages exist is not checked."""
    reader = _Reader(Reading())
    ladder = reader.read(document)
    if reader.reading.problems:
        raise LadderError(reader.reading.problems)
    return ladder


class _Reader:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.told: list[flapping.Told] = []
        self.reads: set[str] = set()
        self.event_kinds: set[str] = set()

    def read(self, document: object) -> Ladder:
        head = self.reading.mapping(document, "", KEYS, KEYS if isinstance(document, dict) else ())
        rungs = self.rungs(head.get("rungs", []))
        found = {rung.stage: rung for rung in rungs}
        if len(found) < len(rungs):
            self.reading.complain("rungs", "each stage may have one rung only")
        return Ladder(found, frozenset(self.reads), frozenset(self.event_kinds))

    def rungs(self, value: object) -> Sequence[Rung]:
        if not isinstance(value, list) or len(value) > MOST_RUNGS:
            self.reading.complain("rungs", f"expected a list of at most {MOST_RUNGS} rungs, not {shown(value)}")
            return []
        return [rung for n, one in enumerate(value) if (rung := self.rung(one, below("rungs", n)))]

    def rung(self, value: object, path: str) -> Rung | None:
        told = self.reading.mapping(value, path, RUNG, ("stage",))
        stage = self.reading.stage(told["stage"], below(path, "stage")) if "stage" in told else None
        if stage is None:
            return None
        enter = self.condition(told["enter"], below(path, "enter")) if "enter" in told else None
        leave = self.leave(told, enter, path)
        stay = (
            self.reading.duration(told["minimum_stay"], below(path, "minimum_stay")) if "minimum_stay" in told else None
        )
        if leave:
            self.told.append(flapping.Told(path, enter, leave, "leave" in told, stay or timedelta()))
        return Rung(stage, _question(enter), _question(leave), stay or timedelta())

    def leave(self, told: Mapping[str, object], enter: Condition | None, path: str) -> Condition | None:
        demote = told.get("demote", False)
        if not isinstance(demote, bool):
            self.reading.complain(below(path, "demote"), f"expected true or false, not {shown(demote)}")
        if "leave" in told:
            if not demote:
                self.reading.complain(below(path, "leave"), 'nobody leaves without "demote": true')
            return self.condition(told["leave"], below(path, "leave"))
        if demote and "enter" not in told:
            self.reading.complain(path, 'nothing says when leads fall: give "enter" or "leave"')
        return nodes.Not(flapping.loosened(enter)) if demote and enter else None

    def condition(self, value: object, path: str) -> Condition | None:
        condition = read(self.reading, value, path)
        if condition is None or not check_circles(self.reading, condition, path, score=True):
            return None
        self.reads |= reads(condition)
        self.event_kinds |= event_kinds(condition)
        return condition


def _question(condition: Condition | None) -> Question | None:
    return Question(predicate(condition), changes(condition)) if condition else None
