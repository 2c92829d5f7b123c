"""Outgoing webhooks: made, changed, looked at, tried, told again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel import auditing, outgoing, signing
from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.crm import webhooks
from funnel.crm.keyset import Page
from funnel.doors import current, in_transaction
from funnel.models import Delivery, Webhook
from funnel.schemas.common import LARGEST_ID
from funnel.schemas.webhook import (
    AttemptsOut,
    DeliveriesOut,
    DeliveryOut,
    DeliveryQuery,
    ReplayIn,
    ReplayOut,
    SecretOut,
    WebhookChangeIn,
    WebhookIn,
    WebhookOut,
    WebhooksOut,
)
from funnel.sealing import seal

T = TypeVar("T")

blueprint = Blueprint("outgoing_webhooks", __name__, description="Other systems, called when something happens.")

WEBHOOK = f"/webhooks/<int(max={LARGEST_ID}):webhook_id>"
DELIVERY = f"{WEBHOOK}/deliveries/<int(max={LARGEST_ID}):delivery_id>"


@blueprint.route("/webhooks")
@requires("webhooks:read")
@blueprint.response(200, WebhooksOut)
def list_webhooks() -> dict[str, Any]:
    """All of them, the oldest first."""
    return {"items": in_transaction(webhooks.listed)}


@blueprint.route("/webhooks", methods=["POST"])
@requires("webhooks:write")
@blueprint.arguments(WebhookIn)
@blueprint.response(201, SecretOut)
def create_webhook(asked: dict[str, Any]) -> dict[str, Any]:
    """A webhook that is told what happens from now on. Its secret is in this answer only."""
    _check(asked["url"])
    secret, wall = signing.new_secret(), current().wall()
    with current().database.transaction() as session:
        made = webhooks.create(session, asked["url"], asked["kinds"], asked["include_lead"], _sealed(secret), wall)
        auditing.about(f"webhooks/{made.id}")
        return _with_secret(made, secret)


@blueprint.route(WEBHOOK)
@requires("webhooks:read")
@blueprint.response(200, WebhookOut)
def read_webhook(webhook_id: int) -> Webhook:
    """One webhook, and whether it is called."""
    return _of(webhook_id, lambda _, webhook: webhook)


@blueprint.route(WEBHOOK, methods=["PATCH"])
@requires("webhooks:write")
@blueprint.arguments(WebhookChangeIn)
@blueprint.response(200, WebhookOut)
def change_webhook(changed: dict[str, Any], webhook_id: int) -> Webhook:
    """Set what is given. `active: false` stops it; made active again, it is told what it missed."""
    if "url" in changed:
        _check(changed["url"])
    wall = current().wall()

    def work(session: Session, webhook: Webhook) -> Webhook:
        webhooks.change(session, webhook, changed, wall)
        return webhook

    return _of(webhook_id, work)


@blueprint.route(WEBHOOK, methods=["DELETE"])
@requires("webhooks:write")
@blueprint.response(204)
def delete_webhook(webhook_id: int) -> None:
    """Delete it with all that is known of its calls."""
    _of(webhook_id, lambda session, webhook: session.delete(webhook))


@blueprint.route(f"{WEBHOOK}/secret", methods=["POST"])
@requires("webhooks:write")
@blueprint.response(201, SecretOut)
def rotate_secret(webhook_id: int) -> dict[str, Any]:
    """A new secret, told only now. For a day calls are signed with the one before as well."""
    secret, wall = signing.new_secret(), current().wall()

    def work(session: Session, webhook: Webhook) -> dict[str, Any]:
        webhooks.rotate(session, webhook, _sealed(secret), wall)
        return _with_secret(webhook, secret)

    return _of(webhook_id, work)


@blueprint.route(f"{WEBHOOK}/test", methods=["POST"])
@requires("webhooks:write")
@blueprint.response(202, DeliveryOut)
def test_webhook(webhook_id: int) -> Delivery:
    """Call it once with the kind `test`. The delivery says how that went."""
    wall = current().wall()
    return _of(webhook_id, lambda session, webhook: webhooks.test(session, webhook, wall))


@blueprint.route(f"{WEBHOOK}/replay", methods=["POST"])
@requires("webhooks:write")
@blueprint.arguments(ReplayIn)
@blueprint.response(202, ReplayOut)
def replay_webhook(asked: dict[str, datetime], webhook_id: int) -> dict[str, int]:
    """Tell all facts since a time again, each under the id that it had."""
    wall = current().wall()
    try:
        return {"facts": _of(webhook_id, lambda session, hook: webhooks.replay(session, hook, asked["since"], wall))}
    except webhooks.TooManyError:
        most = f"These are more than {webhooks.MOST_REPLAYED:,} facts: begin later, or read the change feed."
        refuse(422, "invalid", "The request is not valid.", {"since": [most]})


@blueprint.route(f"{WEBHOOK}/deliveries")
@requires("webhooks:read")
@blueprint.arguments(DeliveryQuery, location="query")
@blueprint.response(200, DeliveriesOut)
def list_deliveries(query: dict[str, Any], webhook_id: int) -> Page[Delivery]:
    """What it was told and is to be told, the newest first; those that are over for 30 days."""
    status, after, limit = query.get("status"), query.get("cursor"), query["limit"]
    return _of(
        webhook_id,
        lambda session, _: webhooks.deliveries(session, webhook_id, status=status, after=after, limit=limit),
    )


@blueprint.route(f"{DELIVERY}/attempts")
@requires("webhooks:read")
@blueprint.response(200, AttemptsOut)
def list_attempts(webhook_id: int, delivery_id: int) -> dict[str, Any]:
    """How each call of a delivery went, the first one first."""

    def work(session: Session) -> dict[str, Any]:
        return {"items": webhooks.attempts(session, _delivery(session, webhook_id, delivery_id).id)}

    return in_transaction(work)


@blueprint.route(f"{DELIVERY}/resend", methods=["POST"])
@requires("webhooks:write")
@blueprint.response(202, DeliveryOut)
def resend_delivery(webhook_id: int, delivery_id: int) -> Delivery:
    """Send it again, under the same `webhook-id`."""
    wall = current().wall()

    def work(session: Session, webhook: Webhook) -> Delivery:
        delivery = _delivery(session, webhook_id, delivery_id)
        webhooks.send_again(session, webhook, delivery, wall)
        return delivery

    return _of(webhook_id, work)


def _of(webhook_id: int, work: Callable[[Session, Webhook], T]) -> T:
    """Work on a webhook in one transaction. Raises NotFound."""

    def on(session: Session) -> T:
        webhook = webhooks.by_id(session, webhook_id)
        if webhook is None:
            raise NotFound("There is no such webhook.")
        return work(session, webhook)

    return in_transaction(on)


def _delivery(session: Session, webhook_id: int, delivery_id: int) -> Delivery:
    found = webhooks.delivery(session, webhook_id, delivery_id)
    if found is None:
        raise NotFound("There is no such delivery of this webhook.")
    return found


def _check(url: str) -> None:
    if why := outgoing.refusal(url, current().settings.outgoing_allow):
        told = f"This address may not be called: {why}. https and public addresses only, unless OUTGOING_ALLOW says so."
        refuse(422, "invalid", "The request is not valid.", {"url": [told]})


def _sealed(secret: bytes) -> bytes:
    return seal(current().settings.secret_keys, signing.PURPOSE, secret)


def _with_secret(webhook: Webhook, secret: bytes) -> dict[str, Any]:
    columns = {column.key: getattr(webhook, column.key) for column in Webhook.__table__.columns}
    return columns | {"secret": signing.shown(secret)}
