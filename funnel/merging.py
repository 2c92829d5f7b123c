"""Pure: what a lead is after another became part of it, and what it is again when both are parted.

Leads are rows of `leads` as JSON, by column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]

#: the lead that stays keeps its own; what it does not know it takes from the other
FILLED = ("zone", "locale", "owner_id")
#: consents from the most to the least restrictive: who said no to one of two leads has said no
RESTRICTIVE = ("withdrawn", "denied", "pending", "granted")


def combined(kept: Row, other: Row, chosen: Mapping[str, int], ladder: Mapping[str, int]) -> dict[str, Any]:
    """The columns of `kept` that change when `other` becomes part of it, with their new values.

    Its fields win, except those whose value is `chosen` from the other (field to the id of a lead). The more mature
    stage stays, as it stood; the earlier of both began the story.
    """
    wanted = {
        "fields": _fields(kept, other, chosen),
        "tags": sorted({*kept["tags"], *other["tags"]}),
        "created_at": min(kept["created_at"], other["created_at"]),
    }
    wanted |= {name: kept[name] if kept[name] is not None else other[name] for name in FILLED}
    if ladder[other["stage"]] > ladder[kept["stage"]]:
        wanted |= {name: other[name] for name in ("stage", "stage_since", "stage_held_until")}
    return {name: value for name, value in wanted.items() if value != kept[name]}


def _fields(kept: Row, other: Row, chosen: Mapping[str, int]) -> dict[str, Any]:
    known = {key: value for key, value in kept["fields"].items() if value not in (None, "")}
    taken = {
        key: other["fields"][key] for key, lead in chosen.items() if lead == other["id"] and key in other["fields"]
    }
    return {**other["fields"], **known, **taken}


def parted(now: Row, before: Row, after: Row) -> dict[str, Any]:
    """The columns that go back to what they were `before` two leads were merged, and were `after` it.

    What has changed since stays: a merge that is taken back takes nothing else back.
    """
    found = {
        name: before[name]
        for name in after
        if name not in ("fields", "tags") and now[name] == after[name] != before[name]
    }
    if "fields" in after:
        found["fields"] = _fields_parted(now["fields"], before["fields"], after["fields"])
    if "tags" in after:
        added = set(after["tags"]) - set(before["tags"])
        found["tags"] = [tag for tag in now["tags"] if tag not in added]
    return found


def _fields_parted(now: Row, before: Row, after: Row) -> dict[str, Any]:
    fields = dict(now)
    for key, value in after.items():
        if before.get(key) == value or now.get(key) != value:
            continue
        if key in before:
            fields[key] = before[key]
        else:
            del fields[key]
    return fields


def restrictive(states: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What holds by purpose when these leads are one: of what they last said, what permits least.

    A purpose that only one of them was asked about keeps its answer.
    """
    purposes = {purpose for state in states for purpose in state}
    return {
        purpose: min((state[purpose] for state in states if purpose in state), key=RESTRICTIVE.index)
        for purpose in purposes
    }
