"""What was on the wire when something was killed, told by the receiving side.

The engine may be in doubt about a mail only if the fake had read its request whole, and one of these is true:
- the connection broke before the answer was written (the sender died while it waited);
- the fake itself reset the connection, or answered 504, after reading;
- it was the last request on its connection, and the connection was lost within the record window after the answer:
  the process died between reading the answer and committing what it said. The window is a second, since a bite is
  recorded as soon as it is answered; where the database itself is stopped, the answers wait for it, and the outage
  comes on top. (At the latency of a proof a bite is one mail, so no more than the last one can be unrecorded.)
A mail in doubt that the fake never read is no such mail: it was claimed, and its sender died before the post.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

RECORD_WINDOW = 1.0
#: answers after which a mailer cannot know whether the mail was taken
VAGUE = frozenset({504})


@dataclass(frozen=True)
class Wire:
    """Message ids, as the fake saw them."""

    #: read whole at least once
    read: frozenset[str]
    #: truly in flight at a kill, a reset or a vague answer: the bound
    in_flight: frozenset[str]

    def never_posted(self, ids: Collection[str]) -> set[str]:
        return set(ids) - self.read

    def unexplained(self, ids: Collection[str]) -> set[str]:
        """Read, answered, and yet in doubt: there must be none."""
        return (set(ids) & self.read) - self.in_flight


def wire(seen: Collection[dict[str, Any]], longest_outage: float) -> Wire:
    """`seen` is what the fake's witness told; `longest_outage` is how long the database was away, in seconds."""
    window = RECORD_WINDOW + longest_outage
    return Wire(
        frozenset(one["mid"] for one in seen if one["mid"]),
        frozenset(one["mid"] for one in seen if one["mid"] and _in_flight(one, window)),
    )


def _in_flight(one: dict[str, Any], window: float) -> bool:
    if one["fate"] != "answered" or one["status"] in VAGUE:
        return True
    return one["lost_at"] is not None and one["lost_at"] - one["ended_at"] <= window
