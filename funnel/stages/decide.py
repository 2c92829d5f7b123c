"""Where a lead belongs on the ladder, and when to look again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal, NamedTuple

from funnel.conditions import Subject
from funnel.stages.document import Ladder, Rung


class Standing(NamedTuple):
    """Where a lead stands. Times are engine times."""

    stage: str
    since: datetime
    #: a person decided: no rule moves it before then
    held_until: datetime | None = None


class Decision(NamedTuple):
    """`to` is another stage, and `why` the side of the rule that says so; None: the lead stays."""

    to: str | None
    why: Literal["enter", "leave"] | None
    #: when time alone may change this; None: it does not
    look_at: datetime | None


def decide(ladder: Ladder, standing: Standing, subject: Subject, now: datetime) -> Decision:
    """The highest rung whose `enter` holds, if it is above; else a fall, if the lead's own rung says so.

    Asked again at the same moment, a lead stays where this put it. What cannot be measured moves nobody. A fall goes
    to the nearest rung below that the lead would not leave at once, past the rungs that only people and sequences give;
    at the foot of the ladder everybody may stand.
    """
    if standing.held_until and now < standing.held_until:
        return Decision(None, None, standing.held_until)
    look = _Look(ladder, subject, now)
    if above := look.promoted(standing.stage):
        return Decision(above, "enter", look.again(standing._replace(stage=above, since=now)))
    below = look.fallen(standing)
    if below and below != standing.stage:
        return Decision(below, "leave", look.again(standing._replace(stage=below, since=now)))
    return Decision(None, None, look.again(standing))


def evidence(decision: Decision, before: str, subject: Subject, version: int, now: datetime) -> dict[str, Any]:
    """What the fact of a move keeps: the rung whose rule spoke, found by the version's number, and what it saw."""
    return {
        "rung": decision.to if decision.why == "enter" else before,
        "rule": decision.why,
        "version": version,
        "fit": subject.fit,
        "engagement": round(subject.engagement_at(now), 4),
    }


class _Look:
    """One look at one lead."""

    def __init__(self, ladder: Ladder, subject: Subject, now: datetime) -> None:
        self.ladder, self.subject, self.now = ladder, subject, now
        self.order = sorted(subject.ladder, key=lambda stage: subject.ladder[stage])

    def promoted(self, stage: str) -> str | None:
        return next((rung.stage for rung in reversed(list(self.above(stage))) if self.enters(rung)), None)

    def fallen(self, standing: Standing) -> str | None:
        rung = self.ladder.rungs.get(standing.stage)
        if rung is None or standing.stage not in self.subject.ladder:
            return None
        if not self.leaves(rung) or self.now < standing.since + rung.minimum_stay:
            return None
        lower = [stage for stage in self.order if self.position(stage) < self.position(rung.stage)]
        return next((stage for stage in reversed(lower) if self.lands(stage)), lower[0] if lower else None)

    def again(self, standing: Standing) -> datetime | None:
        return min((at for at in self.moments(standing) if at and at > self.now), default=None)

    def moments(self, standing: Standing) -> Iterator[datetime | None]:
        for rung in self.above(standing.stage):
            if rung.enter:
                yield rung.enter.next_change(self.subject, self.now)
        own = self.ladder.rungs.get(standing.stage)
        if own and own.leave:
            yield own.leave.next_change(self.subject, self.now)
            if own.enter:
                yield own.enter.next_change(self.subject, self.now)
            if self.leaves(own):
                yield standing.since + own.minimum_stay

    def above(self, stage: str) -> Iterator[Rung]:
        """The rungs above this stage, from the nearest."""
        if stage in self.subject.ladder:
            for one in self.order:
                if one in self.ladder.rungs and self.position(one) > self.position(stage):
                    yield self.ladder.rungs[one]

    def lands(self, stage: str) -> bool:
        rung = self.ladder.rungs.get(stage)
        return rung is not None and rung.enter is not None and not self.leaves(rung)

    def enters(self, rung: Rung) -> bool:
        return rung.enter is not None and rung.enter.asked(self.subject, self.now) is True

    def leaves(self, rung: Rung) -> bool:
        """Whoever fulfils both belongs here: or the lead would come back at once."""
        return rung.leave is not None and rung.leave.asked(self.subject, self.now) is True and not self.enters(rung)

    def position(self, stage: str) -> int:
        return self.subject.ladder[stage]
