"""Pure: what sequence and rules did to an invented person until now, told by what does it to real ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from funnel import stages
from funnel.conditions import Subject
from funnel.crm.rules import Live
from funnel.decay import Decay
from funnel.scoring import Entry, Happened, Value, add, given, held
from nurture_sequences.definition import Program
from nurture_sequences.demo.business import FORM, MAIL, PHONE
from nurture_sequences.demo.people import Person
from nurture_sequences.machine import Decision, Left, QueueMessage, Settled, Standing, decide
from nurture_sequences.standing import AddTag, MoveStage

#: how long the provider took
ACCEPTED_AFTER = timedelta(seconds=2)
#: how long our people take for each rung
A_RUNG = timedelta(days=6)
#: how long a stage holds that they gave
HELD = timedelta(days=30)


@dataclass(frozen=True)
class Moved:
    """A lead that came to another rung, and what the fact says of it."""

    at: datetime
    before: str
    after: str
    why: Mapping[str, Any]


@dataclass
class Story:
    """Where the enrollment stands, and everything that happened on the way, in order."""

    standing: Standing
    visits: list[Left] = field(default_factory=list)
    #: step, number of the visit, when it was accepted
    mails: list[tuple[str, int, datetime]] = field(default_factory=list)
    stages: list[Moved] = field(default_factory=list)
    tags: list[tuple[datetime, str]] = field(default_factory=list)
    stage: str = "subscriber"
    #: when the lead came to it, and until when a person keeps it there
    stage_since: datetime | None = None
    stage_held_until: datetime | None = None
    #: the ledger; its `event_id` is the place of the fact in `facts`
    entries: list[Entry] = field(default_factory=list)
    facts: list[Happened] = field(default_factory=list)
    score: Value = Value(0, 0, None)  # noqa: RUF009 - a tuple
    #: the next hour to look at; None once it is over
    due_at: datetime | None = None
    ended: tuple[str, datetime] | None = None


@dataclass(frozen=True)
class Teller:
    """What the engine would apply: the sequence, the rules, the ladder."""

    program: Program
    live: Live
    ladder: Mapping[str, int]
    decay: Decay

    def story(self, person: Person, now: datetime) -> Story:
        """Everything between the first time this person filled in the form and `now`."""
        told = _Told(self, _subject(person, self), Story(Standing(None, 0, person.filled[0])))
        told.story.facts = _facts(person)
        told.walk(person.filled[0], min(now, person.unsubscribed_at or now))
        if person.unsubscribed_at and told.story.ended is None:
            told.story.ended = "unsubscribed", person.unsubscribed_at
        if told.story.ended and told.story.ended[0] == "finished":
            told.climb(person.rungs, now)
        told.mature(now)
        return told.story


def _facts(person: Person) -> list[Happened]:
    """What rules may give points for, in order; the places count as ids."""
    told: list[tuple[datetime, str, dict[str, Any]]] = [(at, "form_submitted", {"form": FORM}) for at in person.filled]
    if person.unsubscribed_at:
        told.append((person.unsubscribed_at, "unsubscribed", {}))
    return [Happened(n, at, kind, data) for n, (at, kind, data) in enumerate(sorted(told, key=lambda one: one[0]))]


def _subject(person: Person, teller: Teller) -> Subject:
    granted = (MAIL, PHONE) if person.may_be_called else (MAIL,)
    return Subject(
        stage="subscriber",
        ladder=teller.ladder,
        decay=teller.decay,
        fields=person.fields,
        consents=dict.fromkeys(granted, "granted"),
        forms={FORM: person.filled[0]},
    )


@dataclass
class _Told:
    teller: Teller
    subject: Subject
    story: Story
    #: how many of the facts have given their points, and when rules look again
    scored: int = 0
    look_at: datetime | None = None

    def walk(self, at: datetime, until: datetime) -> None:
        """From look to look: at a mail the next one is when it was accepted, at a wait when that is over."""
        while at <= until:
            self.mature(at)
            decision = decide(self.teller.program, self.story.standing, self.subject, at)
            self._note(decision, at)
            if decision.ended:
                self.story.ended, self.story.due_at = (decision.ended, at), None
                return
            settled = Settled("accepted", at + ACCEPTED_AFTER) if decision.held else None
            self.story.standing = Standing(decision.step, decision.visit, decision.entered_at, settled)
            self.story.due_at = at = settled.at if settled else decision.due_at or until

    def mature(self, until: datetime) -> None:
        """What the rules did meanwhile: at each fact, and at each hour that time alone brought something about."""
        while True:
            fact = self.story.facts[self.scored] if self.scored < len(self.story.facts) else None
            at = min((one for one in (fact.at if fact else None, self.look_at) if one), default=None)
            if at is None or at > until:
                return
            self._score(at, fact if fact and fact.at == at else None)
            self._rule(at)

    def climb(self, rungs: int, now: datetime) -> None:
        """What our people did after the letters, as far as there was time for it."""
        assert self.story.ended  # noqa: S101 - the sequence is over by then
        ladder = sorted(self.subject.ladder, key=lambda key: self.subject.ladder[key])
        at = self.story.ended[1] + A_RUNG
        for _ in range(rungs):
            self.mature(min(at, now))
            above = ladder.index(self.story.stage) + 1
            if at < now and above < len(ladder):
                self._move(at, ladder[above], {"reason": "person"})
                self.story.stage_held_until = self.look_at = at + HELD
            at += A_RUNG

    def _score(self, at: datetime, fact: Happened | None) -> None:
        story, live, entries = self.story, self.teller.live, []
        if fact:
            self.scored += 1
            capped = [(one.at, one.rule, one.points) for one in story.entries]
            entries += given(live.scoring, live.scoring_number, fact, self.subject, capped)
        lasting: Counter[tuple[str, str]] = Counter()
        for entry in story.entries:
            lasting[entry.rule, entry.axis] += entry.points if entry.lasting else 0
        standing = {key: points for key, points in lasting.items() if points}
        # Time alone is no fact: nothing this person is changes without one.
        entries += held(live.scoring, live.scoring_number, self.subject, standing, at, self.scored - 1)
        story.entries += entries
        story.score = add(story.score, entries, self.teller.decay)
        self.subject = replace(self.subject, **story.score._asdict())

    def _rule(self, at: datetime) -> None:
        story, live = self.story, self.teller.live
        here = stages.Standing(story.stage, story.stage_since or at, story.stage_held_until)
        decision = stages.decide(live.ladder, here, self.subject, at)
        if decision.to:
            evidence = stages.evidence(decision, story.stage, self.subject, live.ladder_number, at)
            self._move(at, decision.to, {"reason": "rule", "evidence": evidence})
        self.look_at = decision.look_at

    def _note(self, decision: Decision, at: datetime) -> None:
        self.story.visits += decision.left
        for effect in decision.effects:
            match effect:
                case QueueMessage(step, visit):
                    self.story.mails.append((step, visit, at + ACCEPTED_AFTER))
                case MoveStage(stage):
                    self._move(at, stage, {"reason": "sequence", "sequence": self.teller.program.key})
                    # What moved a lead is a fact, and at facts the rules look again.
                    self._rule(at)
                case AddTag(tag):
                    self.story.tags.append((at, tag))
                    self.subject = replace(self.subject, tags=self.subject.tags | {tag})

    def _move(self, at: datetime, stage: str, why: Mapping[str, Any]) -> None:
        self.story.stages.append(Moved(at, self.story.stage, stage, why))
        self.story.stage, self.story.stage_since, self.story.stage_held_until = stage, at, None
        self.subject = replace(self.subject, stage=stage)
