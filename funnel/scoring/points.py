"""What facts give by the rules, what holds, and what a ledger of entries comes to at any time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from funnel.conditions import Subject
from funnel.decay import Decay
from funnel.scoring.rules import Cap, Rule, Rules


class Happened(NamedTuple):
    """A fact as rules read it; `at` is engine time."""

    id: int
    at: datetime
    kind: str
    data: Mapping[str, Any]


class Entry(NamedTuple):
    """A row of the ledger: points that a rule gave or took, because of a fact (0: of time alone)."""

    at: datetime
    rule: str
    event_id: int
    version: int
    axis: str
    points: int
    lasting: bool


class Value(NamedTuple):
    """A score: fit, and engagement as it stood at `engaged_at`."""

    fit: float
    engagement: float
    engaged_at: datetime | None


def given(
    rules: Rules, version: int, fact: Happened, subject: Subject, earlier: Sequence[tuple[datetime, str, int]]
) -> list[Entry]:
    """What this fact gives; `earlier` are time, rule and points of what capped rules gave the lead before."""
    found = []
    for rule in rules.listening.get(fact.kind, ()):
        if not _applies(rule, fact, subject):
            continue
        points = _within(rule.at_most, rule, fact.at, earlier) if rule.at_most else rule.points
        if points:
            found.append(Entry(fact.at, rule.key, fact.id, version, rule.axis, points, lasting=False))
    return found


def held(
    rules: Rules, version: int, subject: Subject, standing: Mapping[tuple[str, str], int], now: datetime, event_id: int
) -> list[Entry]:
    """What must be given, or taken back, so that each rule of what holds has given its points or none.

    `standing` is what such rules have given so far, by rule and axis; a rule that is no more holds nothing. What cannot
    be measured now stays as it is.
    """
    targets = {(rule.key, rule.axis): _target(rule, subject, standing, now) for rule in rules.lasting}
    found = []
    for key in sorted(targets.keys() | standing.keys()):
        difference = targets.get(key, 0) - standing.get(key, 0)
        if difference:
            found.append(Entry(now, key[0], event_id, version, key[1], difference, lasting=True))
    return found


def next_change(rules: Rules, subject: Subject, now: datetime) -> datetime | None:
    """When time alone gives or takes back points of a rule of what holds."""
    moments = (rule.changes(subject, now) for rule in rules.lasting if rule.changes)
    return min((at for at in moments if at), default=None)


def entries_of(rules: Rules, version: int, facts: Iterable[Happened], subject: Subject, now: datetime) -> list[Entry]:
    """The whole ledger of a lead that these rules had always been published for: a replay, in the order of facts.

    Its conditions are asked of the lead as it is now: what it was then is not kept.
    """
    ledger: list[Entry] = []
    earlier: list[tuple[datetime, str, int]] = []
    for fact in facts:
        entries = given(rules, version, fact, subject, earlier)
        earlier += [(one.at, one.rule, one.points) for one in entries]
        ledger += entries
    return ledger + held(rules, version, subject, {}, now, 0)


def add(before: Value, entries: Iterable[Entry], decay: Decay) -> Value:
    """The score after these entries. One that comes late counts as if it had come in time."""
    fit, engagement, engaged_at = before
    for entry in entries:
        if entry.axis == "fit":
            fit += entry.points
        elif engaged_at is None or entry.at >= engaged_at:
            engagement = decay.left(engagement, engaged_at, entry.at) + entry.points
            engaged_at = entry.at
        else:
            engagement += decay.left(entry.points, entry.at, engaged_at)
    return Value(fit, engagement, engaged_at)


def value(entries: Iterable[Entry], decay: Decay, at: datetime) -> tuple[float, float]:
    """Fit and engagement at any time, from the ledger alone; the sum of what is left of each entry."""
    fit = engagement = 0.0
    for entry in entries:
        if entry.at > at:
            continue
        if entry.axis == "fit":
            fit += entry.points
        else:
            engagement += decay.left(entry.points, entry.at, at)
    return fit, engagement


def _applies(rule: Rule, fact: Happened, subject: Subject) -> bool:
    if rule.form and fact.data.get("form") != rule.form:
        return False
    return rule.lead is None or rule.lead(subject, fact.at) is True


def _within(cap: Cap, rule: Rule, at: datetime, earlier: Sequence[tuple[datetime, str, int]]) -> int:
    """As many of its points as there is still room for."""
    since = at - cap.per
    used = sum(abs(points) for then, key, points in earlier if key == rule.key and then > since)
    size = min(abs(rule.points), max(cap.points - used, 0))
    return size if rule.points > 0 else -size


def _target(rule: Rule, subject: Subject, standing: Mapping[tuple[str, str], int], now: datetime) -> int:
    answer = rule.holds(subject, now) if rule.holds else False
    if answer is None:
        return standing.get((rule.key, rule.axis), 0)
    return rule.points if answer else 0
