"""Pure: what an edit makes of a lead. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

#: what one lead may hold, whoever tells it
MOST_FIELDS, MOST_TAGS, LARGEST_FIELDS = 500, 200, 64 * 1024


class TooMuchError(ValueError):
    """The lead would hold more than a lead may; the text says what. `part` is `fields` or `tags`."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


@dataclass(frozen=True)
class Edit:
    """What somebody says of a lead.

    `fields` are merged into what is known, and null removes a field; with `fill` a known value stays. `tags` are all
    the tags from now on, when given; then `add_tags` are put on and `remove_tags` taken off. `columns` holds `zone`
    and `locale`, as far as something is said of them.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    fill: bool = False
    tags: Collection[str] | None = None
    add_tags: Collection[str] = ()
    remove_tags: Collection[str] = ()
    columns: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """What an edit may change of a lead."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    zone: str | None = None
    locale: str | None = None


@dataclass(frozen=True)
class Change:
    """From one state to another: never the values, so that a fact may tell it."""

    keys: tuple[str, ...]
    columns: tuple[str, ...]
    tagged: tuple[str, ...]
    untagged: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.keys or self.columns or self.tagged or self.untagged)


def edited(before: State, edit: Edit) -> State:
    """The lead after this edit. Raises TooMuchError."""
    after = State(_fields(before.fields, edit), _tags(before.tags, edit), **_columns(before, edit))
    if len(after.fields) > MOST_FIELDS or len(orjson.dumps(after.fields)) > LARGEST_FIELDS:
        raise TooMuchError("fields", f"A lead holds at most {MOST_FIELDS} fields and {LARGEST_FIELDS} bytes of them.")
    if len(after.tags) > MOST_TAGS:
        raise TooMuchError("tags", f"A lead holds at most {MOST_TAGS} tags.")
    return after


def change(before: State, after: State) -> Change:
    """What differs; false when nothing does."""
    keys = before.fields.keys() | after.fields.keys()
    return Change(
        keys=tuple(sorted(key for key in keys if not _same(before.fields.get(key), after.fields.get(key)))),
        columns=tuple(name for name in ("zone", "locale") if getattr(before, name) != getattr(after, name)),
        tagged=tuple(sorted(set(after.tags) - set(before.tags))),
        untagged=tuple(sorted(set(before.tags) - set(after.tags))),
    )


def _same(one: Any, other: Any) -> bool:
    """As JSON has it: true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _fields(known: Mapping[str, Any], edit: Edit) -> dict[str, Any]:
    if edit.fill:
        told = {key: value for key, value in edit.fields.items() if known.get(key) in (None, "")}
    else:
        told = dict(edit.fields)
    return {key: value for key, value in {**known, **told}.items() if value is not None}


def _tags(known: tuple[str, ...], edit: Edit) -> tuple[str, ...]:
    kept = known if edit.tags is None else tuple(dict.fromkeys(edit.tags))
    added = tuple(tag for tag in dict.fromkeys(edit.add_tags) if tag not in kept)
    return tuple(tag for tag in kept + added if tag not in edit.remove_tags)


def _columns(before: State, edit: Edit) -> dict[str, str | None]:
    known = {"zone": before.zone, "locale": before.locale}
    if edit.fill:
        return {name: value or edit.columns.get(name) for name, value in known.items()}
    return known | dict(edit.columns)
