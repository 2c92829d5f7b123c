"""Problems as the API tells them: with the step they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from funnel.conditions import Problem
from nurture_sequences.definition import step_at


def told(document: object, problems: Iterable[Problem], level: str) -> list[dict[str, Any]]:
    """Each with its level (error, warning) and its step; None for the head."""
    return [
        {"level": level, "step": step_at(document, one.path), "path": one.path, "message": one.message}
        for one in problems
    ]
