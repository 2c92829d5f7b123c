"""Pure: SendGrid's events as they come, what is kept of them, and what they say about a mail and its address.

Field names: twilio.com/docs/sendgrid/for-developers/tracking-events/event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from nurture_sequences.mailers.address import impersonal

#: kept nowhere: whose mail it was is told by the message, and where it was read is nobody's business
PERSONAL = frozenset({"email", "ip", "useragent"})
#: kept in columns of their own
COLUMNS = frozenset({"mid", "sg_event_id", "event", "timestamp"})
#: SendGrid took the mail, or it could not tell this about it. `dropped` is left out: then it went no further.
PROOF = frozenset(
    ["processed", "deferred", "delivered", "bounce", "open", "click", "spamreport", "unsubscribe", "group_unsubscribe"]
)
#: the mail's own fault or ours: SendGrid's classes that say nothing against the address
SENDER_FAULTS = frozenset({"Content", "Frequency or Volume Too High", "Reputation"})
#: SendGrid's own list has the address: ours learns it (the reason of `dropped`, and what it means here)
DROPPED = {
    "Bounced Address": "hard_bounce",
    "Spam Reporting Address": "complaint",
    "Unsubscribed Address": "unsubscribe",
}


@dataclass(frozen=True)
class ProviderEvent:
    """One event; `at` is engine time. `address` is compared with the message's, and never stored."""

    id: str
    message_id: UUID | None
    kind: str
    at: datetime
    data: dict[str, Any]
    address: str = ""

    @property
    def provider_id(self) -> str | None:
        """X-Message-Id is what stands before the first dot (observed, not promised: a second key only)."""
        found = self.data.get("sg_message_id")
        return found.partition(".")[0] or None if isinstance(found, str) else None

    @property
    def verdict(self) -> str | None:
        """What it means for the address: hard_bounce, soft_bounce, complaint, unsubscribe, or nothing."""
        match self.kind:
            case "bounce":
                return self._bounce()
            case "dropped":
                return DROPPED.get(str(self.data.get("reason")))
            case "spamreport":
                return "complaint"
            case "unsubscribe" | "group_unsubscribe":
                return "unsubscribe"
        return None

    def _bounce(self) -> str | None:
        """An address that does not exist is never mailed again; one that could not be reached is tried again."""
        classification = self.data.get("bounce_classification")
        invalid = classification == "Invalid Address"
        unclassified = not classification and str(self.data.get("status", "")).startswith("5.1.")
        if self.data.get("type", "bounce") == "bounce" and (invalid or unclassified):
            return "hard_bounce"
        return None if classification in SENDER_FAULTS else "soft_bounce"


def read(posted: Iterable[Any], engine_time: Callable[[datetime], datetime], now: datetime) -> list[ProviderEvent]:
    """The events of one post. `engine_time` turns wall time into engine time, `now` is the engine's.

    What is no JSON object is passed over; anything else is kept, whatever its kind.
    """
    return [_event(one, engine_time, now) for one in posted if isinstance(one, dict)]


def _event(one: dict[str, Any], engine_time: Callable[[datetime], datetime], now: datetime) -> ProviderEvent:
    return ProviderEvent(
        id=_id(one),
        message_id=_uuid(one.get("mid")),
        kind=str(one.get("event", "unknown"))[:100].replace("\0", ""),
        at=_time(one.get("timestamp"), engine_time, now),
        data={_clean(key): _clean(value) for key, value in one.items() if key not in PERSONAL | COLUMNS},
        address=str(one.get("email", "")).strip().lower(),
    )


def _id(one: dict[str, Any]) -> str:
    """SendGrid's id of the event; its content stands in where there is none, so that a redelivery is recognised."""
    found = one.get("sg_event_id")
    if isinstance(found, str) and found:
        return found[:200].replace("\0", "")
    return hashlib.sha256(orjson.dumps(one, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _time(value: Any, engine_time: Callable[[datetime], datetime], now: datetime) -> datetime:
    """Engine time of a Unix time; never after now, whatever the provider's clock says."""
    try:
        return min(engine_time(datetime.fromtimestamp(value, UTC)), now)
    except (TypeError, ValueError, OverflowError, OSError):
        return now


def _clean(value: Any) -> Any:
    """The same value without addresses, without the query of URLs, and without what PostgreSQL cannot hold."""
    match value:
        case str():
            text = value.replace("\0", "")
            return impersonal(text.partition("?")[0].partition("#")[0] if "://" in text else text)
        case dict():
            return {_clean(key): _clean(each) for key, each in value.items() if key not in PERSONAL}
        case list():
            return [_clean(each) for each in value]
        case _:
            return value


def soft_bounces(events: Sequence[ProviderEvent]) -> int:
    """How many soft bounces in a row an address has had since its last delivery."""
    count = 0
    for event in sorted(events, key=lambda event: event.at):
        if event.kind == "delivered":
            count = 0
        elif event.verdict == "soft_bounce":
            count += 1
    return count
