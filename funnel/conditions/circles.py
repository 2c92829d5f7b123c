"""Conditions that would ask for what they decide: the score for points, the stage for a stage."""

from __future__ import annotations

from funnel.conditions import nodes
from funnel.conditions.needs import terms
from funnel.conditions.nodes import Condition
from funnel.conditions.reading import Reading


def check_circles(reading: Reading, condition: Condition, path: str, *, score: bool) -> bool:
    """Complain when the stage is asked for, or, unless `score`, the score; whether there was no reason to."""
    before = len(reading.problems)
    for term in terms(condition):
        if isinstance(term, nodes.Stage) or (isinstance(term, nodes.Event) and term.kind == "stage_changed"):
            reading.complain(path, "the stage cannot be asked here: it follows from this")
        elif isinstance(term, nodes.Score) and not score:
            reading.complain(path, "the score cannot be asked here: it follows from this")
        elif isinstance(term, nodes.Segment):
            reading.complain(path, "segments cannot be asked here: they may follow from score and stage")
        elif isinstance(term, nodes.Sequence):
            reading.complain(
                path, "sequences cannot be asked here: nobody looks again when a lead enters or leaves one"
            )
    return len(reading.problems) == before
