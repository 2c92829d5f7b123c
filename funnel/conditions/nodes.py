"""The parsed form of a condition: what the grammar produces and the three compilers read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

Scalar: TypeAlias = str | int | float | bool
Limit: TypeAlias = Literal["at_least", "at_most"]
StageTest: TypeAlias = Literal["is", "at_least", "at_most"]


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
class Stage:
    test: StageTest
    key: str


@dataclass(frozen=True, slots=True)
class Tag:
    name: str


@dataclass(frozen=True, slots=True)
class FieldIs:
    """Equal as JSON values; a field that is missing equals nothing."""

    key: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class FieldContains:
    """A text with this part, whatever the case of its Latin letters; or a list with this element."""

    key: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class FieldNumber:
    """A number, or a text that is one (forms post text), on this side of a limit."""

    key: str
    test: Limit
    limit: int | float


@dataclass(frozen=True, slots=True)
class FieldKnown:
    """There, and neither null nor an empty text."""

    key: str


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
    """Happened at least this often, ever or less than `within` ago."""

    kind: str
    within: timedelta | None
    at_least: int


Condition: TypeAlias = (
    All
    | AnyOf
    | Not
    | Stage
    | Tag
    | FieldIs
    | FieldContains
    | FieldNumber
    | FieldKnown
    | Score
    | Consent
    | Form
    | Event
)
