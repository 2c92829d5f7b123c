"""Pages by keyset: each page starts after the last row of the one before, so page 10,000 costs as much as page 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where a page ended: a time (aware), and the id that tells rows of one time apart."""

    at: datetime
    id: int


@dataclass(frozen=True)
class Page(Generic[T]):
    items: Sequence[T]
    #: where the next page starts; None after the last
    next: Place | None


def cut(rows: Sequence[T], limit: int, place: Callable[[T], Place]) -> Page[T]:
    """A page of `limit` from up to `limit + 1` rows; `place` says where a row stands in their order."""
    items = rows[:limit]
    return Page(items, place(items[-1]) if len(rows) > limit else None)
