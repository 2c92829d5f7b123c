"""What conditions ask of tables that another package keeps. That package says how; the composition fills it in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from funnel.conditions.nodes import SequenceTest

#: given a session and ids of leads: per lead, what holds of it, per sequence key
Load: TypeAlias = Callable[[Any, Collection[int]], Mapping[int, Mapping[str, frozenset[SequenceTest]]]]


@dataclass(frozen=True, slots=True)
class Sequences:
    """Who is in which sequence. Each text is an SQL expression where `leads` is in scope, with `{key}` for the key."""

    sql: Mapping[SequenceTest, str]
    load: Load


_known: list[Sequences] = []


def register(sequences: Sequences) -> None:
    """Called once by whoever puts the service together; the last one counts."""
    _known[:] = [sequences]


def sequences() -> Sequences:
    """Raises LookupError when nothing was registered: a mistake of the composition, never of a condition."""
    if not _known:
        raise LookupError("nobody registered what sequences are")
    return _known[0]
