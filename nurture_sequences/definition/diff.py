"""Pure: what changed between two documents, step by step, in a shape that a screen can put in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, TypeAlias

from nurture_sequences.definition.places import RESTS, Placed, arms, placed

How: TypeAlias = Literal["added", "removed", "changed", "moved"]
#: parts of the document that are not its steps
HEAD = ("name", "enter", "reenter", "goal", "purpose", "window", "on_unknown")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs; `before` and `after` hold the step without the steps inside it, or a part of the head.

    A step that was changed and moved is one change, `changed`, with `moved` true.
    """

    how: How
    #: None for a part of the head
    step: str | None
    #: of the head: its name; of a step: which of its keys differ
    parts: tuple[str, ...]
    before: Any
    after: Any
    moved: bool = False


def diff(before: object, after: object) -> list[Change]:
    """The way from one document to another: the head first, then steps as they are read, removed ones last.

    Either may be a draft with problems; steps without an id cannot be told apart and are passed over.
    """
    old, new = _by_id(before), _by_id(after)
    moved = _moved(old, new)
    steps = [_step(old.get(key), found, key in moved) for key, found in new.items()]
    removed = [_step(found, None, False) for key, found in old.items() if key not in new]
    return [*_head(before, after), *(change for change in [*steps, *removed] if change)]


def _head(before: object, after: object) -> Iterator[Change]:
    old, new = (one if isinstance(one, dict) else {} for one in (before, after))
    for part in HEAD:
        was, is_ = old.get(part), new.get(part)
        if was != is_:
            how: How = "changed" if was is not None and is_ is not None else "removed" if is_ is None else "added"
            yield Change(how, None, (part,), was, is_)


def _by_id(document: object) -> dict[str, Placed]:
    """Steps by id, in reading order; of two with one id, the first."""
    found: dict[str, Placed] = {}
    for one in placed(document):
        found.setdefault(one.id, one)
    return found


def _step(old: Placed | None, new: Placed | None, moved: bool) -> Change | None:
    was, is_ = _own(old), _own(new)
    key = (new or old).id  # type: ignore[union-attr]  # one of them is there
    if was is None or is_ is None:
        return Change("added" if was is None else "removed", key, (), was, is_)
    parts = tuple(part for part in {**was, **is_} if was.get(part) != is_.get(part))
    if not parts and not moved:
        return None
    return Change("changed" if parts else "moved", key, parts, was, is_, moved)


def _own(found: Placed | None) -> dict[str, Any] | None:
    """A step without the steps inside it: those have changes of their own."""
    if found is None or "branch" not in found.step:
        return found.step if found else None
    return found.step | {"branch": [_bare(arm) for _, arm, _ in arms(found.step)]}


def _bare(arm: Mapping[str, Any]) -> dict[str, Any]:
    return {key: [] if key in (*RESTS, "steps") else value for key, value in arm.items()}


def _moved(old: Mapping[str, Placed], new: Mapping[str, Placed]) -> set[str]:
    """Steps that stand in another list, or that others of their list overtook; a new neighbour moves nobody."""
    both = [key for key in new if key in old]
    elsewhere = {key for key in both if _list(old[key]) != _list(new[key])}
    stayed = [key for key in both if key not in elsewhere]
    lists = dict.fromkeys(_list(new[key]) for key in stayed)
    overtaken = (key for place in lists for key in _overtaken(old, stayed, place))
    return elsewhere | set(overtaken)


def _overtaken(old: Mapping[str, Placed], stayed: list[str], place: tuple[str | None, str]) -> set[str]:
    now = [key for key in stayed if _list(old[key]) == place]
    there = set(now)
    was = [key for key in old if key in there]
    same = SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
    kept = {key for block in same for key in now[block.b : block.b + block.size]}
    return there - kept


def _list(found: Placed) -> tuple[str | None, str]:
    return found.owner, found.arm
