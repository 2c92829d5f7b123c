"""Pure: how engagement fades. It halves every so often, and how often may have been changed in the past.

Nothing runs at night: a value is kept with its time, and reading it at another time is one power of two.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

#: so many half-lives, and nothing is left: Python and PostgreSQL need not agree on numbers that small
GONE = 100.0
#: where marks count half-lives from, and what keeps the sign of each apart from its size
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_LIFT = 1e6


@dataclass(frozen=True)
class Decay:
    """The half-lives that were published: from when each counted (engine time), oldest first.

    The first one also counts for all time before it. Without any, engagement never fades.
    """

    spans: tuple[tuple[datetime, timedelta], ...] = ()

    @classmethod
    def of(cls, published: Sequence[tuple[datetime, timedelta]]) -> Decay:
        """From each published half-life; those that changed nothing are left out."""
        kept = [one for n, one in enumerate(published) if n == 0 or one[1] != published[n - 1][1]]
        return cls(tuple(kept))

    @cached_property
    def _starts(self) -> list[datetime]:
        return [start for start, _ in self.spans]

    def halvings(self, since: datetime, until: datetime) -> float:
        """How many half-lives lie between two times; none when `until` is the earlier one."""
        if not self.spans or until <= since:
            return 0.0
        first, last = self._at(since), self._at(until)
        total = 0.0
        for number in range(first, last + 1):
            start = since if number == first else self._starts[number]
            end = until if number == last else self._starts[number + 1]
            total += (end - start).total_seconds() / self.spans[number][1].total_seconds()
        return total

    def left(self, value: float, since: datetime | None, now: datetime) -> float:
        """What is left at `now` of a value that was right at `since` (None: a value that never was)."""
        if value == 0 or since is None:
            return 0.0
        halvings = self.halvings(since, now)
        return float(value * 2.0**-halvings) if halvings < GONE else 0.0

    def mark(self, value: float, at: datetime) -> float:
        """The place of a value that is right at `at` among all others, in an order that time does not change.

        Two values fade alike, so of two leads the warmer one stays the warmer one. A mark grows with the value, is 0
        for nothing, and `lift` says what it is worth at any later time.
        """
        return math.copysign(self.lift(at) + math.log2(abs(value)), value) if value else 0.0

    def lift(self, now: datetime) -> float:
        """What a mark exceeds the logarithm (base 2) of its value at `now` by."""
        return _LIFT + self.halvings(_EPOCH, now)

    def later(self, halvings: float, now: datetime) -> datetime | None:
        """The time so many half-lives after `now`, which is no earlier than the last change; None: beyond all dates."""
        half_life = self.spans[-1][1]
        try:
            return now + half_life * halvings
        except OverflowError:
            return None

    def crossing(self, value: float, limit: float, now: datetime) -> datetime | None:
        """When what fades from `value` at `now` reaches `limit`, in closed form; None when it never does."""
        if not self.spans or value * limit <= 0 or abs(limit) >= abs(value):
            return None
        return self.later(math.log2(value / limit), now)

    def _at(self, at: datetime) -> int:
        return max(bisect_right(self._starts, at) - 1, 0)
