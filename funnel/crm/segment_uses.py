"""Who needs a segment: it is not deleted from under them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from funnel.conditions.segments import named
from funnel.crm import segment_conditions


@dataclass(frozen=True)
class Use:
    """Something that names a segment: another segment, a sequence, ..."""

    kind: str
    key: str


#: finds what of one kind names the segment of this key
Find: TypeAlias = Callable[[Session, str], Sequence[Use]]
_elsewhere: dict[str, Find] = {}


def register(kind: str, find: Find) -> None:
    """Let another package say what of its own names a segment; the composition calls this."""
    _elsewhere[kind] = find


def uses(session: Session, key: str) -> list[Use]:
    """All that names this segment."""
    known = segment_conditions.known(session)
    own = [Use("segment", other) for other, condition in sorted(known.items()) if key in named(condition)]
    return own + [use for find in _elsewhere.values() for use in find(session, key)]
