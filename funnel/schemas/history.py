"""What is kept about a lead, as the API tells it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from funnel.schemas.common import Cursor, Out


class ConsentOut(Out):
    purpose = fields.String()
    action = fields.String(validate=validate.OneOf(["granted", "denied", "withdrawn", "pending"]))
    permits_mail = fields.Boolean(metadata={"description": "whether a yes to it permits mail, as the form said then"})
    wording = fields.String(allow_none=True, metadata={"description": "the exact words the person saw"})
    channel = fields.String(metadata={"description": "form, one-click, preferences, api or import"})
    form = fields.String(allow_none=True, metadata={"description": "key of the form that asked"})
    form_version = fields.Integer(allow_none=True)
    page = fields.String(allow_none=True)
    locale = fields.String(allow_none=True)
    ip = fields.String(allow_none=True, metadata={"description": "a network, not an address"})
    user_agent = fields.String(allow_none=True)
    at = fields.AwareDateTime(metadata={"description": "engine time"})


class ConsentsOut(Out):
    items = fields.List(fields.Nested(ConsentOut), metadata={"description": "the first of a purpose is its state"})
    next_cursor = Cursor(attribute="next", metadata={"type": ["string", "null"]})


class TouchOut(Out):
    source = fields.String(allow_none=True)
    medium = fields.String(allow_none=True)
    campaign = fields.String(allow_none=True)
    term = fields.String(allow_none=True)
    content = fields.String(allow_none=True)
    click_ids = fields.Dict(metadata={"description": "gclid, fbclid and their like, by name"})
    page = fields.String(allow_none=True, metadata={"description": "address of the page that held the form"})
    referrer = fields.String(allow_none=True)
    at = fields.AwareDateTime(metadata={"description": "engine time"})


class TouchesOut(Out):
    first = fields.Nested(TouchOut, allow_none=True, metadata={"description": "the very first one"})
    items = fields.List(fields.Nested(TouchOut))
    next_cursor = Cursor(attribute="next", metadata={"type": ["string", "null"]})


class SubmissionQuery(Schema):
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 500))


class SubmissionOut(Out):
    id = fields.UUID()
    form = fields.String(metadata={"description": "key of the form"})
    form_version = fields.Integer()
    values = fields.Dict(metadata={"description": "what was told, by field key"})
    outcome = fields.String(validate=validate.OneOf(["accepted", "spam", "rejected"]))
    reason = fields.String(allow_none=True)
    ip = fields.String(allow_none=True, metadata={"description": "a network, not an address"})
    at = fields.AwareDateTime(metadata={"description": "engine time"})


class SubmissionsOut(Out):
    items = fields.List(fields.Nested(SubmissionOut))
