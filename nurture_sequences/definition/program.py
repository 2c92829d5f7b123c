"""A sequence document ready to run: the tree made flat, so that every step knows the one after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeAlias

from funnel.conditions import Changes, Predicate
from nurture_sequences.timing import Window

Kind: TypeAlias = Literal["email", "wait", "branch", "stage", "tag", "untag", "leave"]
TriggerKind: TypeAlias = Literal["form", "stage", "tag", "event", "segment"]
OnFailure: TypeAlias = Literal["hold", "skip", "leave"]


@dataclass(frozen=True, slots=True)
class Email:
    """A stored template by its key, or the mail itself: a subject with a text, an html, or both (Liquid)."""

    template: str | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """One way out of a branch; `first` is the step it leads to, the step after the branch if the arm is empty."""

    name: str
    first: str | None
    #: None for `otherwise` and `unmeasurable`
    when: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    kind: Kind
    #: the step after this one, the join after a fork already resolved; None at the end of the sequence
    next: str | None
    on_failure: OnFailure = "hold"
    #: stage: the stage; tag, untag: the tag; leave: the reason; wait: the duration as it was written
    value: str = ""
    #: wait
    duration: timedelta = timedelta()
    #: email
    email: Email | None = None
    #: branch: in the order they are asked
    arms: tuple[Arm, ...] = ()
    #: branch: when no arm says yes; when one of them could not be measured
    otherwise: Arm | None = None
    unmeasurable: Arm | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """What enrolls a lead: `form` submitted, `stage` reached, `tag` given, `segment` joined, `event` of a kind."""

    kind: TriggerKind
    value: str


@dataclass(frozen=True, slots=True)
class Goal:
    """What ends an enrollment, and when time alone may bring it about."""

    reached: Predicate
    next_change: Changes


@dataclass(frozen=True, slots=True)
class Program:
    key: str
    first: str | None
    steps: Mapping[str, Step]
    #: empty: leads enter by hand or through the API only
    triggers: tuple[Trigger, ...] = ()
    #: None: a lead enters once and never again
    reenter_after: timedelta | None = None
    #: asked first at every decision; its yes ends the enrollment
    goal: Goal | None = None
    #: the consent its mail needs; None: any consent to mail
    purpose: str | None = None
    #: when its mail may leave; None: at any time
    window: Window | None = None
    #: a mail that may have left and of which no word came: hold it for a person, or resend it
    on_unknown: str = "hold"
    #: what must be loaded of a lead: some of tags, fields, score, consents, forms, events
    reads: frozenset[str] = field(default_factory=frozenset)
    #: the kinds of events whose times must be loaded
    event_kinds: frozenset[str] = field(default_factory=frozenset)
