"""Pages by keyset: each page starts after the last row of the one before, so page 10,000 costs as much as page 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar


class Placed(Protocol):
    """A row that pages can be cut at; times and ids grow together only by chance, so a place is both."""

    @property
    def id(self) -> int: ...


T = TypeVar("T", bound=Placed)


@dataclass(frozen=True)
class Place:
    """Where a page ended: a time (aware) and an id."""

    at: datetime
    id: int


@dataclass(frozen=True)
class Page(Generic[T]):
    items: Sequence[T]
    #: where the next page starts; None after the last
    next: Place | None


def cut(rows: Sequence[T], limit: int, time: str) -> Page[T]:
    """A page of `limit` from up to `limit + 1` rows; `time` names the attribute they are ordered by."""
    items = rows[:limit]
    more = len(rows) > limit
    return Page(items, Place(getattr(items[-1], time), items[-1].id) if more else None)
