"""Finding steps in a document that may have any shape: a draft with problems has places, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: arms that hold a list of steps under this word, without a condition
RESTS = ("otherwise", "unmeasurable")
DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Placed:
    """A step and the list it stands in: the branch that owns the list (None: the main list) and its path."""

    step: dict[str, Any]
    owner: str | None = None
    arm: str = ""

    @property
    def id(self) -> str:
        return str(self.step["id"])


def placed(document: object) -> Iterator[Placed]:
    """Every step that has an id, in reading order. Of a document without problems: every step."""
    if isinstance(document, dict):
        yield from _in_list(document.get("steps"), None, "", DEEPEST)


def step_at(document: object, path: str) -> str | None:
    """The id of the innermost step on a problem's path, such as `steps/2/branch/0/steps/1/wait`; None in the head."""
    found, here = None, document
    for part in path.split("/"):
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and part.isascii() and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
            if isinstance(here, dict) and isinstance(here.get("id"), str):
                found = here["id"]
        else:
            break
    return found


def arms(step: dict[str, Any]) -> list[tuple[str, dict[str, Any], Any]]:
    """The arms of a branch: what each is called, itself, and its list of steps.

    An arm is called by its name, else by its number from 1; or `otherwise`, `unmeasurable`.
    """
    branch = step.get("branch")
    found = []
    for number, arm in enumerate(branch if isinstance(branch, list) else [], 1):
        if not isinstance(arm, dict):
            continue
        rest = next((word for word in RESTS if word in arm), None)
        name = arm.get("name")
        called = rest or (name if isinstance(name, str) and name else str(number))
        found.append((called, arm, arm.get(rest or "steps")))
    return found


def _in_list(value: object, owner: str | None, arm: str, deepest: int) -> Iterator[Placed]:
    for step in value if isinstance(value, list) and deepest else []:
        if not isinstance(step, dict) or not isinstance(step.get("id"), str):
            continue
        yield Placed(step, owner, arm)
        for called, _, inner in arms(step):
            yield from _in_list(inner, step["id"], called, deepest - 1)
