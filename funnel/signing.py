"""Pure: what a webhook says and how it is signed, by Standard Webhooks 1.0.0."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from standardwebhooks import Webhook

#: bytes of a body; receivers may refuse more
LARGEST_BODY = 20_000
SECRET_BYTES = 32
#: what secrets are sealed for
PURPOSE = "webhooks"


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """A secret as receivers keep it."""
    return "whsec_" + base64.b64encode(secret).decode()


def body(kind: str, at: datetime, data: Mapping[str, Any], lead: Mapping[str, Any] | None = None) -> bytes:
    """JSON of a fact, with the lead beside it unless that makes it too large."""
    told = {"type": kind, "timestamp": at.astimezone(UTC), "data": dict(data)}
    if lead is not None:
        full = orjson.dumps(told | {"data": {**data, "lead": lead}}, option=orjson.OPT_UTC_Z)
        if len(full) <= LARGEST_BODY:
            return full
        told["data"]["lead_left_out"] = True  # type: ignore[index]
    return orjson.dumps(told, option=orjson.OPT_UTC_Z)


def headers(message_id: str, at: datetime, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """Signed for this attempt, at this wall time, with each of the keys: two of them while one takes over."""
    moment = at.astimezone(UTC)  # the library takes the clock of any other zone for UTC
    signatures = " ".join(Webhook(key).sign(message_id, moment, body.decode()) for key in keys)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Funnel",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signatures,
    }
