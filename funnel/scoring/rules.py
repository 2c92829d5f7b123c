"""Scoring rules ready to use: what `document` makes of what people wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from funnel.conditions import Changes, Predicate


@dataclass(frozen=True, slots=True)
class Cap:
    points: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """Either of facts (`event` is set) or of what holds (`holds` is set)."""

    key: str
    axis: str
    points: int
    event: str | None = None
    form: str | None = None
    #: what the lead must fulfil besides; None: anybody
    lead: Predicate | None = None
    at_most: Cap | None = None
    holds: Predicate | None = None
    changes: Changes | None = None


@dataclass(frozen=True)
class Rules:
    half_life: timedelta
    #: rules of facts, by the kind of fact
    listening: Mapping[str, tuple[Rule, ...]]
    #: rules of what holds
    lasting: tuple[Rule, ...]
    #: what must be loaded of a lead: some of tags, fields, consents, forms, events
    reads: frozenset[str]
    event_kinds: frozenset[str]
