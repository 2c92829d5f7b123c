"""Pure: one lead walked through a sequence on a virtual clock, by the machine itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from funnel.conditions import Subject
from nurture_sequences.definition import Arm, Program, Step
from nurture_sequences.machine import decide
from nurture_sequences.standing import AddTag, Decision, Effect, MoveStage, RemoveTag, Settled, Standing
from nurture_sequences.timing import next_open


class UnknownArmError(ValueError):
    """A branch was to be decided that is not there, or has no such arm."""


class Moment(NamedTuple):
    at: datetime
    step: str | None
    #: what happened, in a few words: `mail sent`, `waited`, `arm "engaged"`, `ended: finished`
    what: str
    #: why the lead stays where it is now, or why it ended; empty for steps it passed
    why: str


def simulate(
    program: Program,
    subject: Subject,
    start: datetime,
    *,
    send_delay: timedelta = timedelta(),
    zone: str | None = None,
    refusal: str | None = None,
    most: int = 1000,
) -> list[Moment]:
    """What the sequence does to this lead from `start` on, in order; at most `most` moments.

    Every mail is accepted `send_delay` after the window (in `zone`, the lead's) lets it go, or skipped at once when
    `refusal` says why no mail may go to this lead. Nothing else happens.
    """
    return list(islice(_walk(program, subject, start, send_delay, zone, refusal), most))


def forced(program: Program, answers: Mapping[str, str]) -> Program:
    """The same program with some branches decided beforehand: by branch, the number of the arm that it takes (from 1),
    `otherwise` or `unmeasurable`. Raises UnknownArmError.
    """
    steps = dict(program.steps)
    for branch, answer in answers.items():
        step = steps.get(branch)
        if step is None or step.kind != "branch":
            raise UnknownArmError(f'There is no branch "{branch}".')
        arm = _arms(step).get(answer)
        if arm is None:
            raise UnknownArmError(f'The branch "{branch}" has no arm "{answer}".')
        steps[branch] = replace(step, arms=(), otherwise=arm, unmeasurable=None)
    return replace(program, steps=steps)


def _arms(step: Step) -> dict[str, Arm]:
    """Every way out; one that is not written leads past the branch."""
    numbered = {str(number): arm for number, arm in enumerate(step.arms, 1)}
    rests = {"otherwise": step.otherwise, "unmeasurable": step.unmeasurable}
    return numbered | {name: arm or Arm(name, step.next) for name, arm in rests.items()}


def _walk(
    program: Program, subject: Subject, now: datetime, send_delay: timedelta, zone: str | None, refusal: str | None
) -> Iterator[Moment]:
    standing = Standing(None, 0, now)
    while True:
        decision = decide(program, standing, subject, now)
        yield from _moments(decision, now)
        if decision.ended or decision.held == "failed":
            return
        subject = _after(subject, decision.effects)
        settled = None
        if decision.held == "message":
            settled = _settled(program, now, send_delay, zone, refusal)
        now = settled.at if settled else decision.due_at or now
        standing = Standing(decision.step, decision.visit, decision.entered_at, settled)


def _settled(program: Program, now: datetime, send_delay: timedelta, zone: str | None, refusal: str | None) -> Settled:
    """What becomes of the mail that waits; what ends it for good is asked before what only delays it."""
    if refusal is not None:
        return Settled("skipped", now, refusal)
    at = next_open(program.window, zone, now) if program.window else now
    return Settled("accepted", at + send_delay)


def _moments(decision: Decision, now: datetime) -> Iterator[Moment]:
    for left in decision.left:
        yield Moment(left.left_at, left.step, "mail sent" if left.outcome == "accepted" else left.outcome, "")
    if decision.ended:
        yield Moment(now, decision.step, f"ended: {decision.ended}", decision.why)
    elif decision.held == "failed":
        yield Moment(now, decision.step, "held for a person", decision.why)
    else:
        yield Moment(now, decision.step, "stays", decision.why)


def _after(subject: Subject, effects: list[Effect]) -> Subject:
    """The lead once the effects are written."""
    for effect in effects:
        match effect:
            case MoveStage(stage):
                subject = replace(subject, stage=stage)
            case AddTag(tag):
                subject = replace(subject, tags=subject.tags | {tag})
            case RemoveTag(tag):
                subject = replace(subject, tags=subject.tags - {tag})
    return subject
