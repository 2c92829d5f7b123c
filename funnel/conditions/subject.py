"""What is known of one lead when a condition is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from funnel.conditions.nodes import SequenceTest, Touch
from funnel.decay import Decay

#: Kinds of events that are only measured with this consent: without it their absence says nothing
#: (CNIL deliberation 2026-042 for opens, EDPB guidelines 2/2023 for personal links).
TRACKING = {"message_opened": "track_opens", "message_clicked": "track_clicks"}


class Occurred(NamedTuple):
    """One event of a lead."""

    at: datetime
    data: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Subject:
    """A lead as conditions see it. Load only what `reads` asks for; the rest may stay empty. Times are aware."""

    stage: str
    #: position of each stage of the ladder; higher is more mature
    ladder: Mapping[str, int]
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, Any] = field(default_factory=dict)
    fit: float = 0.0
    #: engagement as it stood at `engaged_at`; `score` reads it at another time
    engagement: float = 0.0
    engaged_at: datetime | None = None
    decay: Decay = field(default_factory=Decay)
    #: last action per purpose: granted, denied, withdrawn, pending
    consents: Mapping[str, str] = field(default_factory=dict)
    #: time of the last accepted submission, per form key
    forms: Mapping[str, datetime] = field(default_factory=dict)
    #: what that submission said, per form key
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: the lead's events, per kind, in any order; at least the kinds that `event_kinds` names
    events: Mapping[str, Sequence[Occurred]] = field(default_factory=dict)
    #: the first and the last touch: parameters and network, those that are known
    touches: Mapping[Touch, Mapping[str, str]] = field(default_factory=dict)
    created_at: datetime | None = None
    #: what holds of the lead, per sequence key
    sequences: Mapping[str, frozenset[SequenceTest]] = field(default_factory=dict)
    #: keys of the segments it is a member of
    segments: Set[str] = frozenset()

    def engagement_at(self, now: datetime) -> float:
        """What is left of it."""
        return self.decay.left(self.engagement, self.engaged_at, now)

    def measures(self, kind: str) -> bool:
        """Whether events of this kind would be known, had they happened."""
        purpose = TRACKING.get(kind)
        return purpose is None or self.consents.get(purpose) == "granted"
