"""What was on the wire when something was killed, told by the receiving side.

The engine may be in doubt about a mail only if the fake had read its request whole, and one of these is true:
- the connection broke before the answer was written (the sender died while it waited);
- the fake itself reset the connection, or answered 504, after reading;
- it was the last request on its connection, and the connection was lost within the record window after the answer:
  the process died between reading the answer and committing what it said. The window is a second, since a bite is
  recorded as soon as it is answered; where the database itself is stopped, the answers wait for it, and the outage
  comes on top. (At the latency of a proof a bite is one mail, so no more than the last one can be unrecorded.)
A mail in doubt whose last attempt the fake never read is no such mail: it was claimed, and its sender died before the
post. The database counts the attempts, the fake what it read of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

RECORD_WINDOW = 1.0
#: answers after which a mailer cannot know whether the mail was taken
VAGUE = frozenset({504})
#: answers that tell about the account: the engine does not count them as an attempt of the mail
ACCOUNT_WIDE = frozenset({429})


class Wire:
    """`seen` is what the fake's witness told; `longest_outage` is how long the database was away, in seconds."""

    def __init__(self, seen: Collection[dict[str, Any]], longest_outage: float) -> None:
        self._window = RECORD_WINDOW + longest_outage
        self._requests: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in seen:
            self._requests[one["mid"]].append(one)
        #: requests truly in flight at a kill, a reset or a vague answer: the bound
        self.in_flight = sum(map(self._was_in_flight, seen))

    def never_posted(self, doubts: Mapping[str, int]) -> set[str]:
        """`doubts` are messages in doubt and how often each was attempted."""
        return {mid for mid, attempts in doubts.items() if self._read(mid) < attempts and not self._refused_late(mid)}

    def unexplained(self, doubts: Mapping[str, int]) -> set[str]:
        """Read, answered, and yet in doubt: there must be none."""
        posted = doubts.keys() - self.never_posted(doubts)
        return {mid for mid in posted if not self._was_in_flight(self._requests[mid][-1])}

    def _read(self, mid: str) -> int:
        return sum(one["status"] not in ACCOUNT_WIDE for one in self._requests[mid])

    def _refused_late(self, mid: str) -> bool:
        """Its last request was answered for the whole account, and the sender died before it had taken note."""
        requests = self._requests[mid]
        return bool(requests) and requests[-1]["status"] in ACCOUNT_WIDE and self._was_in_flight(requests[-1])

    def _was_in_flight(self, one: dict[str, Any]) -> bool:
        if one["fate"] != "answered" or one["status"] in VAGUE:
            return True
        return one["lost_at"] is not None and one["lost_at"] - one["ended_at"] <= self._window
