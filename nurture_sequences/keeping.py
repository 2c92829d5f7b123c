"""Who is in which segment, kept by facts and clocks: only segments whose answer may have changed are asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from funnel.conditions import Subject
from funnel.conditions.affecting import changed_by
from funnel.crm import facts, segment_members
from funnel.crm.facts import Fact
from funnel.crm.segment_conditions import Kept


class Look(Protocol):
    """A lead as it is now, and the facts about it that were not read before."""

    @property
    def subject(self) -> Subject: ...

    @property
    def facts(self) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Keeping:
    """The segments of one batch."""

    segments: Sequence[Kept]
    #: what facts alike touch: most facts of a batch are
    _touched: dict[tuple[str, frozenset[str]], frozenset[int]] = field(default_factory=dict)

    def touched(self, taken: Iterable[Any]) -> set[int]:
        """The places of those whose answer these facts of a lead may change."""
        found: set[int] = set()
        for fact in taken:
            alike = (fact.kind, changed_by(fact.kind, fact.data))
            if alike not in self._touched:
                self._touched[alike] = self.reading(alike[1], {fact.kind})
            found |= self._touched[alike]
        return found

    def reading(self, rooms: Set[str], kinds: Set[str] = frozenset()) -> frozenset[int]:
        """The places of those that look at any of these rooms, or ask for any of these kinds of events."""
        return frozenset(
            place for place, one in enumerate(self.segments) if one.asked.reads & rooms or one.asked.event_kinds & kinds
        )

    def timed(self) -> set[int]:
        """The places of those whose answer time alone may change."""
        return {place for place, one in enumerate(self.segments) if one.asked.timed}

    def reads(self, places: Iterable[int]) -> tuple[frozenset[str], frozenset[str]]:
        """What must be loaded of a lead to ask these, and which kinds of events."""
        asked = [self.segments[place].asked for place in places]
        return (
            frozenset().union(*(one.reads for one in asked)),
            frozenset().union(*(one.event_kinds for one in asked)),
        )

    def keep(
        self, session: Session, looks: Mapping[int, Look], asked: Mapping[int, Collection[int]], now: datetime
    ) -> dict[int, datetime]:
        """Ask each lead its segments (by place), write who joined and left, and say when time alone changes an answer.

        The caller holds the locks. Three statements at most, and the facts.
        """
        answers: dict[segment_members.Pair, bool] = {}
        clocks: dict[int, datetime] = {}
        for lead_id, places in asked.items():
            subject = looks[lead_id].subject
            for place in places:
                one = self.segments[place]
                answers[lead_id, one.id] = bool(one.asked.holds(subject, now))
                if one.asked.timed and (change := one.asked.next_change(subject, now)):
                    clocks[lead_id] = min(change, clocks.get(lead_id, change))
        if answers:
            self._write(session, looks, answers, now)
        return clocks

    def _write(
        self,
        session: Session,
        looks: Mapping[int, Look],
        answers: Mapping[segment_members.Pair, bool],
        now: datetime,
    ) -> None:
        inside = segment_members.inside(session, {lead for lead, _ in answers}, {segment for _, segment in answers})
        joining = {pair for pair, answer in answers.items() if answer and pair not in inside}
        leaving = {pair for pair, answer in answers.items() if not answer and pair in inside}
        segment_members.change(session, joining, leaving, now)
        by_id = {one.id: one for one in self.segments}
        facts.record(
            session,
            [
                _fact("segment_joined" if pair in joining else "segment_left", lead_id, by_id[segment_id], looks, now)
                for pair in sorted(joining | leaving)
                for lead_id, segment_id in (pair,)
                if by_id[segment_id].tells(lead_id)
            ],
        )


def _fact(kind: str, lead_id: int, segment: Kept, looks: Mapping[int, Look], now: datetime) -> Fact:
    """It follows from the last fact, if there is one."""
    data: dict[str, Any] = {"segment": segment.id, "key": segment.key}
    causes = looks[lead_id].facts
    if not causes:
        return Fact(kind, lead_id, now, data)
    cause = causes[-1]
    return Fact(kind, lead_id, now, data | facts.inherited(cause.data), cause.id, cause.depth + 1)
