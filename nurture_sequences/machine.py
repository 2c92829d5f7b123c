"""Pure: what happens next to a lead in a sequence, and why. The worker, the simulator and the tests all ask here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from funnel.conditions import Subject
from nurture_sequences.definition.program import Arm, Program, Step
from nurture_sequences.standing import (
    AddTag,
    Decision,
    Effect,
    Left,
    MoveStage,
    QueueMessage,
    RemoveTag,
    Settled,
    Standing,
)

__all__ = [
    "AddTag",
    "Decision",
    "Effect",
    "Left",
    "MoveStage",
    "QueueMessage",
    "RemoveTag",
    "Settled",
    "Standing",
    "decide",
]


def decide(program: Program, standing: Standing, subject: Subject, now: datetime) -> Decision:
    """Follow the sequence from where the lead stands as far as it goes at engine time `now`.

    Stops at a wait that is not over, at an email (the lead stays until its message is settled), and at the end.
    Conditions see what earlier steps of the same decision did. Asked again with nothing new, the answer is the same.
    KeyError when the program has no such step.
    """
    walk = _Walk(program, subject, now, standing.visit, standing.entered_at)
    if standing.step is None:
        walk.next = program.first
        return walk.goal() or walk.follow(now)
    walk.step, walk.inside = program.steps[standing.step], True
    return walk.goal(standing.settled) or walk.resume(standing.settled)


@dataclass(slots=True)
class _Walk:
    """One decision under way. A method that answers a decision stops the walk; None lets it go on to `next`."""

    program: Program
    subject: Subject
    now: datetime
    visit: int
    entered_at: datetime
    #: the step of the visit under way, or the last one
    step: Step | None = None
    inside: bool = False
    next: str | None = None
    left: list[Left] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    def goal(self, settled: Settled | None = None) -> Decision | None:
        goal = self.program.goal
        if goal is None or not goal.reached(self.subject, self.now):
            return None
        if settled:
            self.leave(_outcome(settled), settled.at)
        return self.end("goal", "the goal of the sequence is reached")

    def or_goal(self, due_at: datetime) -> datetime:
        """This clock, or an earlier one at which time alone may have brought the goal about.

        Who waits for a mail, or for a person, has no clock: a step of mail ends when its message is settled, and the
        goal is asked then.
        """
        goal = self.program.goal
        change = goal.next_change(self.subject, self.now) if goal else None
        return min(due_at, change) if change else due_at

    def follow(self, at: datetime) -> Decision:
        """Pass steps, each entered at `at`, until one keeps the lead. Documents are trees, so this ends."""
        while self.next is not None:
            self.visit, self.entered_at, self.inside = self.visit + 1, at, True
            self.step = step = self.program.steps[self.next]
            decision = _ARRIVALS[step.kind](self, step)
            if decision is not None:
                return decision
            at = self.left[-1].left_at
        return self.end("finished", "the sequence is finished")

    def resume(self, settled: Settled | None) -> Decision:
        """Look again at the step the lead is at."""
        step = self.current
        decision = self.settle(step, settled) if step.kind == "email" else _ARRIVALS[step.kind](self, step)
        return decision or self.follow(self.left[-1].left_at)

    def wait(self, step: Step) -> Decision | None:
        due_at = self.entered_at + step.duration
        if due_at > self.now:
            return self.stay(f"waits {step.value}", due_at=self.or_goal(due_at))
        return self.go_on(step, "waited", self.now)

    def email(self, step: Step) -> Decision | None:
        self.effects.append(QueueMessage(step.id, self.visit))
        return self.settle(step, None)

    def settle(self, step: Step, settled: Settled | None) -> Decision | None:
        """The next step is entered when the message was settled, so that a wait counts from its acceptance."""
        if settled is None:
            return self.stay(f'waits for the mail "{step.id}" to be sent', held="message")
        if settled.status == "refused":
            return self.fail(step, "refused", settled.reason or "no reason given", settled.at)
        if settled.status == "skipped" and _is_final(settled.reason):
            self.leave(_outcome(settled), settled.at)
            return self.end(settled.reason or "", f"no more mail may go to this lead: {settled.reason}")
        return self.go_on(step, _outcome(settled), settled.at)

    def branch(self, step: Step) -> Decision | None:
        arm = self.choose(step)
        if arm is None:
            return self.go_on(step, "no arm", self.entered_at)
        self.leave(f'arm "{arm.name}"', self.entered_at)
        self.next = arm.first
        return None

    def choose(self, step: Step) -> Arm | None:
        """The first arm that says yes; what cannot be measured is no yes, and has an arm of its own if wanted."""
        measured = True
        for arm in step.arms:
            answer = arm.when(self.subject, self.now) if arm.when else False
            if answer:
                return arm
            measured = measured and answer is not None
        return step.otherwise if measured else step.unmeasurable or step.otherwise

    def stage(self, step: Step) -> Decision | None:
        ladder = self.subject.ladder
        if step.value not in ladder:
            return self.fail(step, "failed", f'there is no stage "{step.value}"', self.now)
        if ladder.get(self.subject.stage, float("-inf")) >= ladder[step.value]:
            return self.go_on(step, "already there", self.entered_at)
        self.subject = replace(self.subject, stage=step.value)
        return self.go_on(step, f"moved to {step.value}", self.entered_at, MoveStage(step.value))

    def tag(self, step: Step) -> Decision | None:
        if step.value in self.subject.tags:
            return self.go_on(step, "already there", self.entered_at)
        self.subject = replace(self.subject, tags=self.subject.tags | {step.value})
        return self.go_on(step, f"tagged {step.value}", self.entered_at, AddTag(step.value))

    def untag(self, step: Step) -> Decision | None:
        if step.value not in self.subject.tags:
            return self.go_on(step, "not there", self.entered_at)
        self.subject = replace(self.subject, tags=self.subject.tags - {step.value})
        return self.go_on(step, f"tag {step.value} removed", self.entered_at, RemoveTag(step.value))

    def depart(self, step: Step) -> Decision | None:
        return self.end(step.value, f'the step "{step.id}" ends it: {step.value}')

    def fail(self, step: Step, word: str, reason: str, at: datetime) -> Decision | None:
        if step.on_failure == "hold":
            return self.stay(f'the step "{step.id}" {word} ({reason}): a person decides', held="failed")
        if step.on_failure == "skip":
            return self.go_on(step, f"{word}: {reason}", at)
        self.leave(f"{word}: {reason}", at)
        return self.end(word, f'the step "{step.id}" {word}: {reason}')

    def go_on(self, step: Step, outcome: str, at: datetime, effect: Effect | None = None) -> Decision | None:
        """On to the next step; unless what this one did is the goal itself: then no later mail is queued."""
        self.leave(outcome, at)
        self.next = step.next
        if effect is None:
            return None
        self.effects.append(effect)
        return self.goal()

    def leave(self, outcome: str, at: datetime) -> None:
        self.left.append(Left(self.visit, self.current.id, self.entered_at, at, outcome))
        self.inside = False

    def stay(
        self, why: str, *, due_at: datetime | None = None, held: Literal["message", "failed"] | None = None
    ) -> Decision:
        return self.answer(due_at, held, None, why)

    def end(self, reason: str, why: str) -> Decision:
        if self.inside:
            self.leave(reason, self.now)
        return self.answer(None, None, reason, why)

    def answer(
        self, due_at: datetime | None, held: Literal["message", "failed"] | None, ended: str | None, why: str
    ) -> Decision:
        step = self.step.id if self.step else None
        return Decision(step, self.visit, self.entered_at, due_at, held, ended, self.left, self.effects, why)

    @property
    def current(self) -> Step:
        assert self.step is not None  # noqa: S101 - a visit is always to a step
        return self.step


def _outcome(settled: Settled) -> str:
    return f"{settled.status}: {settled.reason}" if settled.reason else settled.status


def _is_final(reason: str | None) -> bool:
    """Whether a message was skipped for a reason that no later message would get past."""
    return reason is not None and (reason == "unsubscribed" or reason.startswith("suppressed"))


_ARRIVALS: dict[str, Callable[[_Walk, Step], Decision | None]] = {
    "email": _Walk.email,
    "wait": _Walk.wait,
    "branch": _Walk.branch,
    "stage": _Walk.stage,
    "tag": _Walk.tag,
    "untag": _Walk.untag,
    "leave": _Walk.depart,
}
