"""Pure: where a reader of the log of facts stands. Between two snapshots of PostgreSQL, rather than after an id.

Ids and transaction ids are given when work begins, and become visible when it is committed: whoever remembers the
largest one it has seen misses what commits later. A snapshot says exactly which transactions were over, so what became
visible between two of them is found without a gap (docs/adr/0018-change-feed.md).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63 - 1
_SNAPSHOT = re.compile(r"([0-9]{1,19}):([0-9]{1,19}):((?:[0-9]{1,19}(?:,[0-9]{1,19})*)?)")
#: characters of a cursor; a snapshot names each transaction that was open, and there are no more than connections
LONGEST = 16_384


@dataclass(frozen=True)
class Snapshot:
    """Which transactions were over: all before `first`, and of those before `end` all but `running`."""

    first: int
    end: int
    running: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Snapshot:
        """From what `pg_current_snapshot()` says. Raises ValueError for what PostgreSQL would not take."""
        found = _SNAPSHOT.fullmatch(text)
        if found is None:
            raise ValueError("Not a snapshot.")
        first, end = int(found[1]), int(found[2])
        running = tuple(int(each) for each in found[3].split(",") if each)
        ascending = all(one < other for one, other in pairwise(running))
        if not 0 < first <= end <= _LARGEST or not ascending or any(not first <= each < end for each in running):
            raise ValueError("Not a snapshot.")
        return cls(first, end, running)

    def __str__(self) -> str:
        return f"{self.first}:{self.end}:{','.join(map(str, self.running))}"


#: before any transaction
NOTHING = Snapshot(1, 1)


@dataclass(frozen=True)
class Cursor:
    """Everything visible in `seen` was read; and of what became visible until `reading`, the facts up to `fact`."""

    #: names the log, so that a cursor is not used with another one
    log: str
    seen: Snapshot
    #: None: there is nothing left to read of the stretch before
    reading: Snapshot | None = None
    #: the fact read last, by its id and its time: it must still be there
    fact: int = 0
    at: datetime = _EPOCH

    def read_on(self, until: Snapshot, fact: int, at: datetime) -> Cursor:
        """In the middle of a stretch."""
        return replace(self, reading=until, fact=fact, at=at)

    def read_up(self, until: Snapshot) -> Cursor:
        """At the end of a stretch."""
        return replace(self, seen=until, reading=None)

    def __str__(self) -> str:
        """Opaque to clients, and safe in a URL."""
        micros = (self.at - _EPOCH) // _MICROSECOND
        text = f"{self.log}|{self.seen}|{self.reading or ''}|{self.fact}|{micros}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str) -> Cursor:
    """The cursor that was written like this. Raises ValueError for anything else."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        log, seen, reading, fact, micros = plain.split("|")
        at = _EPOCH + int(micros) * _MICROSECOND
        until = Snapshot.parse(reading) if reading else None
        cursor = Cursor(log, Snapshot.parse(seen), until, int(fact), at)
    except (binascii.Error, ValueError, OverflowError):
        raise ValueError("Not a cursor of this feed.") from None
    if not 0 <= cursor.fact <= _LARGEST:
        raise ValueError("Not a cursor of this feed.")
    return cursor
