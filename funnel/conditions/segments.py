"""Conditions that name other conditions: put in their places, unless they lead back to themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from funnel.conditions import nodes
from funnel.conditions.needs import terms
from funnel.conditions.nodes import Condition


def named(condition: Condition) -> frozenset[str]:
    """The keys of the segments that this condition asks for."""
    return frozenset(term.key for term in terms(condition) if isinstance(term, nodes.Segment))


def circle(key: str, known: Mapping[str, Condition]) -> Sequence[str]:
    """The way from a segment over others back to itself, both ends included; empty when there is none."""
    ways, seen = [[key]], set()
    while ways:
        way = ways.pop()
        for following in sorted(named(known[way[-1]]) if way[-1] in known else ()):
            if following == key:
                return [*way, key]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return ()


def size(condition: Condition, known: Mapping[str, Condition], most: int) -> int:
    """How many terms it comes to with the named ones in their places, counted to a little above `most`."""
    total = 0
    for term in terms(condition):
        inner = known.get(term.key) if isinstance(term, nodes.Segment) else None
        total += size(inner, known, most - total) if inner else 1
        if total > most:
            break
    return total


def inlined(condition: Condition, known: Mapping[str, Condition]) -> Condition:
    """The same with the conditions of segments in the places of their names; there must be no circle.

    Who is not measurable is not in a segment, so it is asked as yes or no.
    """
    match condition:
        case nodes.All(parts):
            return nodes.All(tuple(inlined(part, known) for part in parts))
        case nodes.AnyOf(parts):
            return nodes.AnyOf(tuple(inlined(part, known) for part in parts))
        case nodes.Not(part):
            return nodes.Not(inlined(part, known))
        case nodes.Segment(key) if key in known:
            return nodes.Holds(inlined(known[key], known))
    return condition
