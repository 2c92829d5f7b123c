"""The door through which a mail provider tells what became of the mails."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
from flask import Blueprint, Response, request
from sendgrid.helpers.eventwebhook import EventWebhook, EventWebhookHeader
from werkzeug.exceptions import HTTPException

from funnel.doors import current, in_transaction
from nurture_sequences import message_events, provider_events

door = Blueprint("webhooks", __name__, url_prefix="/hooks")

#: SendGrid posts at 768 kB (Event Webhook, "batches"), in bytes
LARGEST_POST = 4 * 1024 * 1024


@door.post("/sendgrid/events")
def sendgrid_events() -> tuple[str, int]:
    """Take a batch of signed events. 204 once they are committed: anything else makes SendGrid come again for a day.

    403 without a right signature, 400 for what is no JSON array, 413 above 4 MB, 503 while no key is set.
    """
    request.max_content_length = LARGEST_POST
    hook = _hook(current().settings.sendgrid_webhook_key or "")
    if hook is None:
        return "SENDGRID_WEBHOOK_KEY is not set to SendGrid's verification key, so that no event can be trusted.\n", 503
    body = request.get_data()
    if not _signed(hook, body):
        return "The signature is missing or wrong.\n", 403
    posted = _parsed(body)
    if not isinstance(posted, list):
        return "A JSON array of events is wanted.\n", 400
    _record(posted)
    return "", 204


@door.errorhandler(HTTPException)
def _refused(error: HTTPException) -> Response:
    return Response(f"{error.description}\n", error.code, mimetype="text/plain")


def _record(posted: list[Any]) -> None:
    context = current()
    now = context.now()
    events = provider_events.read(posted, context.clock.now, now)
    in_transaction(lambda session: message_events.record(session, events, now, context.settings.fingerprint_key))


@lru_cache(maxsize=4)
def _hook(key: str) -> EventWebhook | None:
    """SendGrid's own verifier; None for what is no key."""
    try:
        return EventWebhook(key) if key else None
    except ValueError:
        return None


def _signed(hook: EventWebhook, body: bytes) -> bool:
    """ECDSA over timestamp and raw body. A redelivery may be old (SendGrid tries for a day), so age is not judged."""
    signature = request.headers.get(EventWebhookHeader.SIGNATURE)
    timestamp = request.headers.get(EventWebhookHeader.TIMESTAMP)
    if not signature or not timestamp:
        return False
    try:
        return bool(hook.verify_signature(body.decode(), signature, timestamp))
    except ValueError:  # neither text nor base64
        return False


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
