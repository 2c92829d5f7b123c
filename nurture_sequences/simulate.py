"""Pure: one invented lead walked through a sequence on a virtual clock, by the machine itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from funnel.conditions import Subject
from nurture_sequences.definition import Program
from nurture_sequences.machine import decide
from nurture_sequences.standing import AddTag, Decision, Effect, MoveStage, RemoveTag, Settled, Standing
from nurture_sequences.timing import next_open


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
    most: int = 1000,
) -> list[Moment]:
    """What the sequence does to this lead from `start` on, in order; at most `most` moments.

    Every mail is accepted `send_delay` after the window (in `zone`, the lead's) lets it go; nothing else happens.
    """
    return list(islice(_walk(program, subject, start, send_delay, zone), most))


def _walk(
    program: Program, subject: Subject, now: datetime, send_delay: timedelta, zone: str | None
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
            at = next_open(program.window, zone, now) if program.window else now
            settled = Settled("accepted", at + send_delay)
        now = settled.at if settled else decision.due_at or now
        standing = Standing(decision.step, decision.visit, decision.entered_at, settled)


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
