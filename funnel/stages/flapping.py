"""What keeps a lead from going up and down again and again, and where a ladder lacks it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from funnel.conditions import Condition, Problem, nodes
from funnel.conditions.changes import is_timed
from funnel.conditions.needs import terms
from funnel.conditions.reading import below

#: of a limit, and one point at least: so much lower a score may fall before an `enter` counts as lost
MARGIN = 0.2


class Told(NamedTuple):
    """What a rung says of falling."""

    path: str
    enter: Condition | None
    leave: Condition
    #: the document gives `leave`; it was not made from `enter`
    explicit: bool
    minimum_stay: timedelta


def loosened(condition: Condition, widening: bool = True) -> Condition:
    """The same condition, with each score limit moved by the margin to where more leads fulfil the whole."""
    match condition:
        case nodes.All(parts):
            return nodes.All(tuple(loosened(part, widening) for part in parts))
        case nodes.AnyOf(parts):
            return nodes.AnyOf(tuple(loosened(part, widening) for part in parts))
        case nodes.Not(part):
            return nodes.Not(loosened(part, not widening))
        case nodes.Score(of, test, limit):
            down = (test == "at_least") == widening
            return nodes.Score(of, test, limit - margin(limit) if down else limit + margin(limit))
    return condition


def margin(limit: float) -> float:
    """How far a score may fall below a limit before that counts."""
    return max(abs(limit) * MARGIN, 1.0)


def warnings(told: Told) -> Iterator[Problem]:
    """Where this rung could be entered and left again and again."""
    if told.enter is None:
        return
    if told.explicit:
        yield from _close(told, told.enter)
    if not told.minimum_stay and any(_passes(term) for part in (told.enter, told.leave) for term in terms(part)):
        message = "what happened lately comes and goes: without a minimum_stay leads may go up and down often"
        yield Problem(below(told.path, "minimum_stay"), message)


def _close(told: Told, enter: Condition) -> Iterator[Problem]:
    """Limits for entering and leaving that lie so close that small points carry a lead over both."""
    ups = [term for term in terms(enter) if isinstance(term, nodes.Score) and term.test == "at_least"]
    downs = [term for term in terms(told.leave) if isinstance(term, nodes.Score) and term.test == "at_most"]
    for up in ups:
        for down in downs:
            if up.of == down.of and up.limit - down.limit < margin(up.limit):
                message = f"enters at {up.limit} and leaves at {down.limit}: leads may go up and down often"
                yield Problem(below(told.path, "leave"), f"{message}; leave {margin(up.limit):g} points between")


def _passes(term: Condition) -> bool:
    return is_timed(term) and not isinstance(term, nodes.Score)
