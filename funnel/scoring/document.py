"""The scoring rules as a document, and reading it into rules that are ready to use.

half_life      "30 days": how long engagement takes to halve
rules          a list of rules, each with
  key          its name in the ledger; keep it when points change
  name         how people call it; absent: the key
  when         a rule of facts: {"event": kind}, with "form": key for the facts of one form, and "lead": a condition
               that the lead must fulfil when the fact is read
  while        a rule of what holds: a condition; its points are taken back when it stops to hold
  axis         "fit" (who the lead is; never fades) or "engagement" (what it does; halves); `while` knows fit only
  points       a whole number; below zero takes away
  at_most      {"points": 40, "per": "7 days"}: how much a rule of facts gives one lead in any such stretch
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from funnel.conditions import (
    Condition,
    Problem,
    Reading,
    changes,
    event_kinds,
    predicate,
    read,
    reads,
)
from funnel.conditions.circles import check_circles
from funnel.conditions.reading import below, listed, shown
from funnel.scoring.rules import Cap, Rule, Rules

KEYS = ("half_life", "rules")
RULE = ("key", "name", "when", "while", "axis", "points", "at_most")
AXES = ("fit", "engagement")
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=3650)
MOST_RULES = 200
MOST_POINTS = 1000
#: facts that name the form they are about
OF_FORMS = ("form_submitted", "confirmed")

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class RulesError(ValueError):
    """The document has problems; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path or 'document'}: {problem.message}" for problem in problems))
        self.problems = problems


def problems(document: object, quiet: Collection[str] = ()) -> list[Problem]:
    """What a person has to mend before the rules can be published; `quiet` facts are read by no rule."""
    reader = _Reader(Reading(), quiet)
    reader.read(document)
    return reader.reading.problems


def compile_rules(document: object) -> Rules:
    """The rules of a document without problems; RulesError otherwise."""
    reader = _Reader(Reading(), ())
    rules = reader.read(document)
    if reader.reading.problems:
        raise RulesError(reader.reading.problems)
    return rules


class _Reader:
    def __init__(self, reading: Reading, quiet: Collection[str]) -> None:
        self.reading, self.quiet = reading, quiet
        self.reads: set[str] = set()
        self.event_kinds: set[str] = set()

    def read(self, document: object) -> Rules:
        """The rules; worth something only if there was no problem."""
        head = self.reading.mapping(document, "", KEYS, KEYS if isinstance(document, dict) else ())
        half_life = self.half_life(head["half_life"]) if "half_life" in head else timedelta()
        rules = self.rules(head.get("rules", []))
        listening: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            if rule.event:
                listening[rule.event].append(rule)
        return Rules(
            half_life=half_life,
            listening={kind: tuple(those) for kind, those in listening.items()},
            lasting=tuple(rule for rule in rules if rule.holds),
            reads=frozenset(self.reads),
            event_kinds=frozenset(self.event_kinds),
        )

    def half_life(self, value: object) -> timedelta:
        found = self.reading.duration(value, "half_life")
        if found is not None and not SHORTEST <= found <= LONGEST:
            self.reading.complain("half_life", "expected a duration from an hour to ten years")
        return found or timedelta()

    def rules(self, value: object) -> list[Rule]:
        if not isinstance(value, list) or len(value) > MOST_RULES:
            self.reading.complain("rules", f"expected a list of at most {MOST_RULES} rules, not {shown(value)}")
            return []
        found = [rule for n, one in enumerate(value) if (rule := self.rule(one, below("rules", n)))]
        seen: set[str] = set()
        for n, one in enumerate(value):
            key = one.get("key") if isinstance(one, dict) else None
            if isinstance(key, str) and key in seen:
                self.reading.complain(below("rules", n, "key"), f'another rule is called "{key}" already')
            seen |= {key} if isinstance(key, str) else set()
        return found

    def rule(self, value: object, path: str) -> Rule | None:
        before = len(self.reading.problems)
        told = self.reading.mapping(value, path, RULE, ("key", "axis", "points") if isinstance(value, dict) else ())
        if not told:
            return None
        if ("when" in told) == ("while" in told):
            self.reading.complain(path, 'expected either "when" (a fact) or "while" (a condition that holds)')
        key, axis = self.key(told.get("key"), path), self.axis(told.get("axis"), path)
        points = self.points(told.get("points"), below(path, "points"))
        if "name" in told:
            self.reading.text(told["name"], below(path, "name"))
        parts = self.when(told["when"], path) if "when" in told else {}
        if "while" in told:
            parts |= self.lasting(told, path)
        if "at_most" in told:
            parts["at_most"] = self.at_most(told, path)
        return Rule(key, axis, points, **parts) if len(self.reading.problems) == before else None

    def key(self, value: object, path: str) -> str:
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            expected = "expected up to 64 of a-z, 0-9, - and _, beginning with a letter or digit"
            self.reading.complain(below(path, "key"), expected)
            return ""
        return value

    def axis(self, value: object, path: str) -> str:
        if value not in AXES:
            self.reading.complain(below(path, "axis"), f"expected one of {listed(AXES)}, not {shown(value)}")
        return str(value)

    def points(self, value: object, path: str, least: int = -MOST_POINTS) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_POINTS or value == 0:
            expected = f"expected a whole number from {least} to {MOST_POINTS}, and not 0"
            self.reading.complain(path, f"{expected}; got {shown(value)}")
            return 0
        return value

    def when(self, value: object, path: str) -> dict[str, Any]:
        path = below(path, "when")
        told = self.reading.mapping(value, path, ("event", "form", "lead"), ("event",))
        kind = self.reading.text(told["event"], below(path, "event")) if "event" in told else None
        if kind in self.quiet:
            self.reading.complain(below(path, "event"), f'"{kind}" only tells the story: no rule hears of it')
        if kind == "stage_changed":
            self.reading.complain(below(path, "event"), "a stage follows from the score, so it cannot give points")
        if kind in ("segment_joined", "segment_left"):
            self.reading.complain(below(path, "event"), "a segment may follow from the score, so it cannot give points")
        form = self.reading.text(told["form"], below(path, "form")) if "form" in told else None
        if form and kind not in OF_FORMS:
            self.reading.complain(below(path, "form"), f"only {listed(OF_FORMS)} are about a form")
        lead = self.condition(told["lead"], below(path, "lead")) if "lead" in told else None
        return {"event": kind, "form": form, "lead": predicate(lead) if lead else None}

    def lasting(self, told: Mapping[str, Any], path: str) -> dict[str, Any]:
        if told.get("axis") == "engagement":
            self.reading.complain(below(path, "axis"), '"while" is about who the lead is: its axis is fit')
        if "at_most" in told:
            self.reading.complain(below(path, "at_most"), 'a rule with "while" gives its points once')
        holds = self.condition(told["while"], below(path, "while"))
        return {"holds": predicate(holds), "changes": changes(holds)} if holds else {}

    def at_most(self, told: Mapping[str, Any], path: str) -> Cap | None:
        path = below(path, "at_most")
        cap = self.reading.mapping(told["at_most"], path, ("points", "per"), ("points", "per"))
        if not {"points", "per"} <= cap.keys():
            return None
        points = self.points(cap["points"], below(path, "points"), least=1)
        per = self.reading.duration(cap["per"], below(path, "per"))
        return Cap(points, per) if per else None

    def condition(self, value: object, path: str) -> Condition | None:
        condition = read(self.reading, value, path)
        if condition is None or not check_circles(self.reading, condition, path, score=False):
            return None
        self.reads |= reads(condition)
        self.event_kinds |= event_kinds(condition)
        return condition
