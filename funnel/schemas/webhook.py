"""Outgoing webhooks, as the API speaks of them. All times are wall times."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from funnel.schemas.common import Cursor, Out, PageQuery

URL = validate.And(validate.Length(1, 2000), validate.URL(schemes={"http", "https"}, require_tld=False))
KIND = validate.Regexp(r"[a-z][a-z0-9_]{0,99}\Z", error="Must be the kind of a fact, such as tagged.")
STATUSES = ("waiting", "delivered", "failed")


class WebhookIn(Schema):
    class Meta:
        unknown = RAISE

    url = fields.String(required=True, validate=URL)
    kinds = fields.List(
        fields.String(validate=KIND),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "of facts to be told; empty: all"},
    )
    include_lead = fields.Boolean(load_default=False, metadata={"description": "tell the lead beside each fact"})


class WebhookChangeIn(Schema):
    class Meta:
        unknown = RAISE

    url = fields.String(validate=URL)
    kinds = fields.List(fields.String(validate=KIND), validate=validate.Length(max=100))
    include_lead = fields.Boolean()
    active = fields.Boolean(metadata={"description": "made active again, it goes on from where it stood"})


class WebhookOut(Out):
    id = fields.Integer()
    url = fields.String()
    kinds = fields.List(fields.String())
    include_lead = fields.Boolean()
    active = fields.Boolean()
    stopped = fields.String(
        allow_none=True,
        validate=validate.OneOf(["by hand", "gone", "failing"]),
        metadata={"description": "why it is not active: gone: it answered 410; failing: for a day"},
    )
    failing_since = fields.AwareDateTime(allow_none=True)
    old_secret_until = fields.AwareDateTime(
        allow_none=True, metadata={"description": "until then calls are signed with the secret before as well"}
    )
    created_at = fields.AwareDateTime()


class WebhooksOut(Out):
    items = fields.List(fields.Nested(WebhookOut))


class SecretOut(WebhookOut):
    secret = fields.String(metadata={"description": "to check signatures with; told only now"})


class DeliveryQuery(PageQuery):
    status = fields.String(validate=validate.OneOf(STATUSES))


class DeliveryOut(Out):
    id = fields.Integer()
    message_id = fields.UUID(metadata={"description": "the header webhook-id, the same for every attempt"})
    event_id = fields.Integer(allow_none=True, metadata={"description": "of the fact; null for a test"})
    lead_id = fields.Integer(allow_none=True)
    kind = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    attempts = fields.Integer()
    created_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(allow_none=True, metadata={"description": "of the next attempt"})
    ended_at = fields.AwareDateTime(allow_none=True)


class DeliveriesOut(Out):
    items = fields.List(fields.Nested(DeliveryOut))
    next_cursor = Cursor(attribute="next", metadata={"type": ["string", "null"]})


class AttemptOut(Out):
    at = fields.AwareDateTime()
    status = fields.Integer(allow_none=True)
    error = fields.String(allow_none=True, metadata={"description": "why there was no answer"})
    milliseconds = fields.Integer()
    answer = fields.String(metadata={"description": "its first kilobyte"})


class AttemptsOut(Out):
    items = fields.List(fields.Nested(AttemptOut))


class ReplayIn(Schema):
    class Meta:
        unknown = RAISE

    since = fields.AwareDateTime(required=True, metadata={"description": "all facts since then; engine time"})


class ReplayOut(Out):
    facts = fields.Integer(metadata={"description": "how many are told again"})
