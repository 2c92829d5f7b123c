"""The conditions of segments, ready to be asked: read, checked, and put together from those they name."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel.conditions import (
    Changes,
    Condition,
    ConditionError,
    Predicate,
    Problem,
    Reading,
    changes,
    event_kinds,
    parse,
    predicate,
    read,
    reads,
)
from funnel.conditions.changes import is_timed
from funnel.conditions.grammar import MOST_CONDITIONS
from funnel.conditions.needs import terms
from funnel.conditions.segments import circle, inlined, named, size
from funnel.crm.facts import QUIET
from funnel.models import Stage

log = logging.getLogger(__name__)

#: segments that an installation keeps: each costs a little at every fact that may change it
MOST = 200
#: facts that follow from segments: whoever asks for them asks for a segment
OWN = frozenset({"segment_joined", "segment_left"})


@dataclass(frozen=True)
class Asked:
    """The condition of a segment, with those of the segments it names in their places."""

    condition: Condition
    holds: Predicate
    next_change: Changes
    #: what must be loaded of a lead, and the kinds of events
    reads: frozenset[str]
    event_kinds: frozenset[str]
    #: whether time alone may change the answer
    timed: bool

    @property
    def wakes(self) -> frozenset[str]:
        """Facts that only tell the story, and that change this answer."""
        membership = {"enrolled", "ended"} if "sequences" in self.reads else set()
        return (self.event_kinds & QUIET) | membership


@dataclass(frozen=True)
class Kept:
    """A segment as reactions keep it."""

    id: int
    key: str
    #: leads up to this id were looked at under this condition; None: all
    filled_to: int | None
    asked: Asked

    def tells(self, lead_id: int) -> bool:
        """Whether a change of this lead's membership is news, and not the first look under this condition."""
        return self.filled_to is None or lead_id <= self.filled_to


_ALL = text("SELECT id, key, filled_to, condition::text FROM segments ORDER BY id")


def kept(session: Session) -> Sequence[Kept]:
    """Every segment that this release can read."""
    rows = session.execute(_ALL).all()
    asked = _compiled(tuple((row.key, row.condition) for row in rows))
    return [Kept(row.id, row.key, row.filled_to, asked[row.key]) for row in rows if row.key in asked]


def known(session: Session) -> dict[str, Condition]:
    """The conditions of all segments as they were written, by key."""
    return dict(_parsed(tuple((row.key, row.condition) for row in session.execute(_ALL))))


def asked(condition: Condition, others: Mapping[str, Condition]) -> Asked:
    """A condition ready to be asked; `others` are those it may name."""
    whole = inlined(condition, others)
    timed = any(is_timed(term) for term in terms(whole))
    return Asked(whole, predicate(whole), changes(whole), reads(whole), event_kinds(whole), timed)


def dependents(key: str, others: Mapping[str, Condition]) -> set[str]:
    """The segments that ask for this one, themselves or through others."""
    found: set[str] = set()
    asked_for = {key}
    while asked_for:
        asked_for = {other for other, condition in others.items() if named(condition) & asked_for} - found
        found |= asked_for
    return found


def checked(
    session: Session, document: object, *, key: str | None = None, path: str = "condition"
) -> tuple[Condition | None, list[Problem]]:
    """The condition that this JSON says, and what must be mended in it. `key` is the segment it would be of."""
    others = known(session)
    ladder = session.scalars(select(Stage.key).order_by(Stage.position)).all()
    reading = Reading(ladder, others.keys() | ({key} if key else set()))
    condition = read(reading, document, path)
    if condition is not None and not reading.problems:
        _check_whole(reading, condition, others, key, path)
    return condition, reading.problems


def _check_whole(
    reading: Reading, condition: Condition, others: Mapping[str, Condition], key: str | None, path: str
) -> None:
    if event_kinds(condition) & OWN:
        reading.complain(path, 'joining a segment is no event to ask for here: ask for {"segment": key} itself')
    if key and (way := circle(key, {**others, key: condition})):
        reading.complain(path, f"a segment cannot ask for itself: {' asks for '.join(way)}")
    elif size(condition, others, MOST_CONDITIONS) > MOST_CONDITIONS:
        reading.complain(path, f"with the segments it names this comes to more than {MOST_CONDITIONS} conditions")


@lru_cache(maxsize=8)
def _parsed(told: tuple[tuple[str, str], ...]) -> Mapping[str, Condition]:
    return {key: found for key, condition in told if (found := _readable(key, condition))}


def _readable(key: str, condition: str) -> Condition | None:
    """One that this release cannot read any more keeps its members; it must not stop the others."""
    try:
        return parse(orjson.loads(condition))
    except ConditionError as error:
        log.error("the condition of a segment cannot be read", extra={"segment": key, "error": str(error)})
        return None


@lru_cache(maxsize=8)
def _compiled(told: tuple[tuple[str, str], ...]) -> Mapping[str, Asked]:
    conditions = _parsed(told)
    return {key: asked(condition, conditions) for key, condition in conditions.items()}
