"""The events that SendGrid posts back: made for the mails it took, signed, in batches, doubled and shuffled."""

from __future__ import annotations

import base64
import random
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
#: what each kind brings along, beside the fields that all have
FIELDS: dict[str, dict[str, Any]] = {
    "delivered": {"response": "250 OK", "tls": 1},
    "deferred": {"response": "451 try again later", "attempt": "2"},
    "bounce": {
        "type": "bounce",
        "bounce_classification": "Invalid Address",
        "status": "5.1.1",
        "reason": "550 5.1.1 no such user",
    },
    "dropped": {"reason": "Bounced Address", "status": "5.0.0"},
    "open": {"useragent": "Mozilla/5.0", "ip": "203.0.113.9", "sg_machine_open": True},
    "click": {"url": "https://client.example/offer", "useragent": "Mozilla/5.0", "ip": "203.0.113.9"},
}


class Signer:
    """Signs bodies as SendGrid's Event Webhook does: ECDSA P-256 over timestamp and raw body."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> str:
        """Base64 of the SPKI, as SendGrid shows it and `SENDGRID_WEBHOOK_KEY` wants it."""
        spki = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(spki).decode()

    def headers(self, body: bytes, timestamp: str | None = None) -> dict[str, str]:
        """The two headers of a signed post, and its content type."""
        timestamp = timestamp or str(int(time.time()))
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return {
            SIGNATURE: base64.b64encode(signature).decode(),
            TIMESTAMP: timestamp,
            "Content-Type": "application/json",
        }


def event(kind: str, message: dict[str, Any], at: float | None = None, **fields: Any) -> dict[str, Any]:
    """One event about a mail that was taken. Its id follows from mail and kind, so a repeat is a repeat."""
    return {
        "email": message["to"],
        "timestamp": int(time.time() if at is None else at),
        "event": kind,
        "sg_event_id": base64.urlsafe_b64encode(f"{kind}-{message['mid']}".encode()).decode().rstrip("="),
        "sg_message_id": f"{message['x_message_id']}.recvd-7f-1-0.0",
        "smtp-id": f"<{message['x_message_id']}@geopod>",
        "category": message["categories"],
        "mid": message["mid"],
        **FIELDS.get(kind, {}),
        **fields,
    }


def batches(
    events: Iterable[dict[str, Any]], *, size: int = 1000, shuffle: bool = False, duplicate: float = 0, seed: int = 0
) -> list[Sequence[dict[str, Any]]]:
    """The events as posts. `duplicate` is the share that is told twice, in whichever post it falls into."""
    chance = random.Random(seed)
    told = [one for one in events for _ in range(2 if chance.random() < duplicate else 1)]
    if shuffle:
        chance.shuffle(told)
    return [told[start : start + size] for start in range(0, len(told), size)]


def post(url: str, body: bytes, signer: Signer) -> int:
    """Post one signed batch; returns the status answered, or 0 when nobody answered."""
    request = urllib.request.Request(url, body, signer.headers(body), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def post_all(url: str, told: Sequence[Sequence[dict[str, Any]]], signer: Signer, tries: int = 5) -> dict[str, Any]:
    """Post every batch until it is taken, as SendGrid does for a day; says how it went."""
    statuses: dict[str, int] = {}
    for batch in told:
        body = orjson.dumps(batch)
        for _ in range(tries):
            status = post(url, body, signer)
            statuses[str(status)] = statuses.get(str(status), 0) + 1
            if 200 <= status < 300:
                break
    return {"batches": len(told), "events": sum(len(batch) for batch in told), "statuses": statuses}
