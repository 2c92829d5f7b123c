"""Leads and their story, as the API speaks of them."""

from __future__ import annotations

from marshmallow import fields

from funnel.schemas.common import Cursor, Out


class LeadOut(Out):
    id = fields.Integer()
    email = fields.String()
    stage = fields.String()
    score = fields.Float(metadata={"description": "fit + engagement"})
    fit = fields.Float(metadata={"description": "who the lead is"})
    engagement = fields.Float(metadata={"description": "what it does; what is left of it now"})
    tags = fields.List(fields.String())
    fields_ = fields.Dict(attribute="fields", data_key="fields", metadata={"description": "what forms told, by key"})
    zone = fields.String(allow_none=True, metadata={"description": "IANA time zone, once known"})
    locale = fields.String(allow_none=True)
    owner = fields.Integer(
        attribute="owner_id", allow_none=True, metadata={"description": "the user who takes care of the lead"}
    )
    demo = fields.Boolean()
    created_at = fields.AwareDateTime(metadata={"description": "engine time"})
    updated_at = fields.AwareDateTime(metadata={"description": "engine time"})
    last_activity_at = fields.AwareDateTime(
        metadata={"description": "when the person last did something, or else when the lead came; engine time"}
    )


class StageOut(Out):
    key = fields.String()
    name = fields.String()
    position = fields.Integer(metadata={"description": "higher is more mature"})


class StagesOut(Out):
    items = fields.List(fields.Nested(StageOut))


class FactOut(Out):
    id = fields.Integer()
    at = fields.AwareDateTime(metadata={"description": "engine time"})
    kind = fields.String()
    data = fields.Dict()


class TimelineOut(Out):
    items = fields.List(fields.Nested(FactOut))
    next_cursor = Cursor(attribute="next", metadata={"type": ["string", "null"]})
