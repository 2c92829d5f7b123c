"""What must be loaded of a lead before a condition can be asked in Python."""

from __future__ import annotations

from collections.abc import Iterator

from funnel.conditions import nodes
from funnel.conditions.nodes import Condition
from funnel.conditions.subject import TRACKING

_ROOMS = {
    nodes.Stage: "stage",
    nodes.Tag: "tags",
    nodes.Score: "score",
    nodes.Consent: "consents",
    nodes.Form: "forms",
    nodes.Event: "events",
    nodes.Sequence: "sequences",
    nodes.Segment: "segments",
}
_PLACES = {nodes.Field: "fields", nodes.Answer: "answers", nodes.Source: "touches", nodes.Created: "created"}
#: all that conditions may look at
ROOMS = frozenset({*_ROOMS.values(), *_PLACES.values()})


def reads(condition: Condition) -> frozenset[str]:
    """What the condition looks at; every word but stage and score names something that must be loaded."""
    rooms = {_room(term) for term in terms(condition)}
    return frozenset(rooms | ({"consents"} if event_kinds(condition) & TRACKING.keys() else set()))


def _room(term: Condition) -> str:
    return _PLACES[type(term.place)] if isinstance(term, nodes.Value) else _ROOMS[type(term)]


def event_kinds(condition: Condition) -> frozenset[str]:
    """The kinds of events whose times must be loaded."""
    return frozenset(term.kind for term in terms(condition) if isinstance(term, nodes.Event))


def terms(condition: Condition) -> Iterator[Condition]:
    """The leaves of the tree."""
    if isinstance(condition, nodes.All | nodes.AnyOf):
        for part in condition.parts:
            yield from terms(part)
    elif isinstance(condition, nodes.Not | nodes.Holds):
        yield from terms(condition.part)
    else:
        yield condition
