"""Pure: what the sequence did to an invented person until now, told by the machine that does it to real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from funnel.conditions import Subject
from nurture_sequences.definition import Program
from nurture_sequences.demo.business import FORM, MAIL, PHONE
from nurture_sequences.demo.people import Person
from nurture_sequences.machine import Decision, Left, QueueMessage, Settled, Standing, decide
from nurture_sequences.standing import AddTag, MoveStage

#: how long the provider took
ACCEPTED_AFTER = timedelta(seconds=2)
#: how long our people take for each rung
A_RUNG = timedelta(days=6)


@dataclass
class Story:
    """Where the enrollment stands, and everything that happened on the way, in order."""

    standing: Standing
    visits: list[Left] = field(default_factory=list)
    #: step, number of the visit, when it was accepted
    mails: list[tuple[str, int, datetime]] = field(default_factory=list)
    #: when, from, to, and whether the sequence did it
    stages: list[tuple[datetime, str, str, bool]] = field(default_factory=list)
    tags: list[tuple[datetime, str]] = field(default_factory=list)
    stage: str = "subscriber"
    #: the next hour to look at; None once it is over
    due_at: datetime | None = None
    ended: tuple[str, datetime] | None = None


def story(program: Program, ladder: Mapping[str, int], person: Person, now: datetime) -> Story:
    """Everything between the first time this person filled in the form and `now`."""
    told = _Told(program, _subject(person, ladder), Story(Standing(None, 0, person.filled[0])))
    told.walk(person.filled[0], min(now, person.unsubscribed_at or now))
    if person.unsubscribed_at and told.story.ended is None:
        told.story.ended = "unsubscribed", person.unsubscribed_at
    if told.story.ended and told.story.ended[0] == "finished":
        told.climb(person.rungs, now)
    return told.story


def _subject(person: Person, ladder: Mapping[str, int]) -> Subject:
    granted = (MAIL, PHONE) if person.may_be_called else (MAIL,)
    return Subject(
        stage="subscriber",
        ladder=ladder,
        fields=person.fields,
        consents=dict.fromkeys(granted, "granted"),
        forms={FORM: person.filled[0]},
    )


@dataclass
class _Told:
    program: Program
    subject: Subject
    story: Story

    def walk(self, at: datetime, until: datetime) -> None:
        """From look to look: at a mail the next one is when it was accepted, at a wait when that is over."""
        while at <= until:
            decision = decide(self.program, self.story.standing, self.subject, at)
            self._note(decision, at)
            if decision.ended:
                self.story.ended, self.story.due_at = (decision.ended, at), None
                return
            settled = Settled("accepted", at + ACCEPTED_AFTER) if decision.held else None
            self.story.standing = Standing(decision.step, decision.visit, decision.entered_at, settled)
            self.story.due_at = at = settled.at if settled else decision.due_at or until

    def climb(self, rungs: int, now: datetime) -> None:
        """What our people did after the letters, as far as there was time for it."""
        assert self.story.ended  # noqa: S101 - the sequence is over by then
        ladder = sorted(self.subject.ladder, key=lambda key: self.subject.ladder[key])
        at = self.story.ended[1] + A_RUNG
        for _ in range(rungs):
            above = ladder.index(self.story.stage) + 1
            if at < now and above < len(ladder):
                self._move(at, ladder[above], by_sequence=False)
            at += A_RUNG

    def _note(self, decision: Decision, at: datetime) -> None:
        self.story.visits += decision.left
        for effect in decision.effects:
            match effect:
                case QueueMessage(step, visit):
                    self.story.mails.append((step, visit, at + ACCEPTED_AFTER))
                case MoveStage(stage):
                    self._move(at, stage, by_sequence=True)
                case AddTag(tag):
                    self.story.tags.append((at, tag))
                    self.subject = replace(self.subject, tags=self.subject.tags | {tag})

    def _move(self, at: datetime, stage: str, *, by_sequence: bool) -> None:
        self.story.stages.append((at, self.story.stage, stage, by_sequence))
        self.story.stage = stage
        self.subject = replace(self.subject, stage=stage)
