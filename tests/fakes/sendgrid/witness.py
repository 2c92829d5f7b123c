"""What the receiving side saw of each request: the only honest account of what was on the wire at a kill."""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass
from typing import Any

_MID = re.compile(rb'"mid":\s*"([^"]+)"')


@dataclass(slots=True)
class Seen:
    """One request that was read whole. Times are Unix time."""

    mid: str | None
    at: float
    #: the status that was written out; None when there was nobody left to write to, or the fake reset
    status: int | None = None
    #: reset (by the fake), broken (the sender was gone before the answer), answered, open
    fate: str = "open"
    ended_at: float | None = None
    #: when the connection it came on was lost, if it was the last on it
    lost_at: float | None = None


class Witness:
    """Off unless asked for, since it keeps a line of every request for ever."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []

    def began(self, body: bytes) -> Seen:
        found = _MID.search(body)
        one = Seen(found[1].decode() if found else None, time.time())
        self.seen.append(one)
        return one

    def ended(self, one: Seen, fate: str, status: int | None = None) -> None:
        one.fate, one.status, one.ended_at = fate, status, time.time()

    def lost(self, last: Seen) -> None:
        """The connection is gone, and this was the last request on it."""
        last.lost_at = time.time()

    def told(self) -> list[dict[str, Any]]:
        return [asdict(one) for one in self.seen]
