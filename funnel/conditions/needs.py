"""What must be loaded of a lead before a condition can be asked in Python."""

from __future__ import annotations

from collections.abc import Iterator

from funnel.conditions import nodes
from funnel.conditions.nodes import Condition
from funnel.conditions.subject import TRACKING

_ROOMS = {
    nodes.Tag: "tags",
    nodes.FieldIs: "fields",
    nodes.FieldContains: "fields",
    nodes.FieldNumber: "fields",
    nodes.FieldKnown: "fields",
    nodes.Score: "score",
    nodes.Consent: "consents",
    nodes.Form: "forms",
    nodes.Event: "events",
}


def reads(condition: Condition) -> frozenset[str]:
    """Some of tags, fields, score, consents, forms, events. The stage and its ladder are always needed."""
    rooms = {_ROOMS[type(term)] for term in terms(condition) if type(term) in _ROOMS}
    return frozenset(rooms | ({"consents"} if event_kinds(condition) & TRACKING.keys() else set()))


def event_kinds(condition: Condition) -> frozenset[str]:
    """The kinds of events whose times must be loaded."""
    return frozenset(term.kind for term in terms(condition) if isinstance(term, nodes.Event))


def terms(condition: Condition) -> Iterator[Condition]:
    """The leaves of the tree."""
    if isinstance(condition, nodes.All | nodes.AnyOf):
        for part in condition.parts:
            yield from terms(part)
    elif isinstance(condition, nodes.Not):
        yield from terms(condition.part)
    else:
        yield condition
