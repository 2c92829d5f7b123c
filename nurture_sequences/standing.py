"""Pure: where a lead stands in a sequence, and what the machine decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias


class Settled(NamedTuple):
    """What became of the message of the visit under way."""

    status: Literal["accepted", "refused", "skipped"]
    at: datetime
    reason: str | None = None


class Standing(NamedTuple):
    """An enrollment as the machine sees it. Before the first step: step None, visit 0."""

    step: str | None
    #: number of the visit under way; every step a lead passes is one visit, numbered from 1
    visit: int
    #: when that visit began; a wait counts from here
    entered_at: datetime
    #: None unless the step is an email whose message is settled
    settled: Settled | None = None


class Left(NamedTuple):
    """A visit that is over, with what came of it in a word or two."""

    number: int
    step: str
    entered_at: datetime
    left_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class MoveStage:
    stage: str


@dataclass(frozen=True, slots=True)
class AddTag:
    tag: str


@dataclass(frozen=True, slots=True)
class RemoveTag:
    tag: str


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """Write the message of this visit, to be sent when rules and window allow."""

    step_id: str
    visit: int


Effect: TypeAlias = MoveStage | AddTag | RemoveTag | QueueMessage


class Decision(NamedTuple):
    """Where the lead stands now, and what must be written in the same transaction.

    Exactly one of `due_at`, `held` and `ended` is set.
    """

    step: str | None
    visit: int
    entered_at: datetime
    #: when to look again
    due_at: datetime | None
    #: `message`: until the message is settled; `failed`: until a person decides
    held: Literal["message", "failed"] | None
    #: the reason of the end: finished, goal, refused, unsubscribed, ... or what a leave step says
    ended: str | None
    left: list[Left]
    #: to be applied in this order
    effects: list[Effect]
    #: one short sentence for a marketer
    why: str
