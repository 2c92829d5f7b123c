"""The parsed form of a condition: what the grammar produces and the three compilers read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

Scalar: TypeAlias = str | int | float | bool
Limit: TypeAlias = Literal["at_least", "at_most"]
StageTest: TypeAlias = Literal["is", "at_least", "at_most"]
Touch: TypeAlias = Literal["first", "last"]
SequenceTest: TypeAlias = Literal["in", "was_in", "completed"]


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class Holds:
    """Its yes, and no for everything else: who is not measurable is not in a segment."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Stage:
    test: StageTest
    key: str


@dataclass(frozen=True, slots=True)
class Tag:
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the lead."""

    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the lead's last accepted submission of a form said."""

    form: str
    key: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the lead came from: a tracking parameter of its first or last touch, or the network it came through."""

    touch: Touch
    part: str


@dataclass(frozen=True, slots=True)
class Created:
    """The day on which the lead came, in UTC."""


#: where a value stands that tests are made of
Place: TypeAlias = Field | Answer | Source | Created


@dataclass(frozen=True, slots=True)
class Is:
    """Equal as JSON values; what is missing equals nothing."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Contains:
    """A text with this part, whatever the case of its Latin letters; or a list with this element."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or a text that is one (forms post text), on this side of a limit."""

    test: Limit
    limit: int | float


@dataclass(frozen=True, slots=True)
class Known:
    """There, and neither null nor an empty text."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date (or the date of a time, as it is written) before or after this one."""

    test: Literal["before", "after"]
    date: str


@dataclass(frozen=True, slots=True)
class Near:
    """A date so many days before or after today in UTC, today and the last of them included."""

    test: Literal["in_last", "in_next"]
    days: int


Test: TypeAlias = Is | Contains | Number | Known | Dated | Near


@dataclass(frozen=True, slots=True)
class Value:
    """What stands at this place passes this test; what is missing passes none."""

    place: Place
    test: Test


@dataclass(frozen=True, slots=True)
class Score:
    of: Literal["fit", "engagement", "total"]
    test: Limit
    limit: int | float


@dataclass(frozen=True, slots=True)
class Consent:
    """The last word on this purpose is `granted`."""

    purpose: str


@dataclass(frozen=True, slots=True)
class Form:
    """Submitted (and accepted), ever or less than `within` ago."""

    key: str
    within: timedelta | None


@dataclass(frozen=True, slots=True)
class Event:
    """Happened at least this often, ever or less than `within` ago; with all of `data` in what was noted of it."""

    kind: str
    within: timedelta | None
    at_least: int
    data: tuple[tuple[str, Scalar], ...] = ()


@dataclass(frozen=True, slots=True)
class Sequence:
    """In it now; ever in it, also now; or through it: finished, or its goal reached."""

    test: SequenceTest
    key: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A member of it, as it is kept."""

    key: str


Leaf: TypeAlias = Stage | Tag | Value | Score | Consent | Form | Event | Sequence | Segment
Condition: TypeAlias = All | AnyOf | Not | Holds | Leaf
