"""Segments, as the API speaks of them."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from funnel.schemas.common import Cursor, Out
from funnel.schemas.lead import LeadOut

#: stands in addresses, conditions and documents
KEY = validate.Regexp(r"[a-z0-9][a-z0-9_-]{0,63}\Z", error="Use small letters, digits, - and _ (64 at most).")
_CONDITION = {"description": 'a condition, such as {"tag": "vip"}; the guide lists all terms'}


class SegmentIn(Schema):
    class Meta:
        unknown = RAISE

    key = fields.String(required=True, validate=KEY, metadata={"description": "it never changes"})
    name = fields.String(required=True, validate=validate.Length(1, 200))
    condition = fields.Dict(required=True, metadata=_CONDITION)


class SegmentChangeIn(Schema):
    class Meta:
        unknown = RAISE

    name = fields.String(validate=validate.Length(1, 200))
    condition = fields.Dict(metadata=_CONDITION)


class SegmentPreviewIn(Schema):
    class Meta:
        unknown = RAISE

    condition = fields.Dict(required=True, metadata=_CONDITION)


class SegmentQuery(Schema):
    cursor = fields.String(
        load_default="", validate=validate.Length(max=64), metadata={"description": "`next_cursor` of the page before"}
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class SegmentOut(Out):
    key = fields.String()
    name = fields.String()
    condition = fields.Dict()
    revision = fields.Integer(metadata={"description": "the ETag"})
    members = fields.Integer(metadata={"description": "how many leads are in it; while they are counted, so far"})
    counted = fields.Float(
        allow_none=True,
        metadata={"description": "how much of all leads was looked at, from 0 to 1; null once all were"},
    )
    joined = fields.Integer(metadata={"description": "in the last seven days"})
    left = fields.Integer(metadata={"description": "in the last seven days"})
    created_at = fields.AwareDateTime(metadata={"description": "engine time"})
    updated_at = fields.AwareDateTime(metadata={"description": "engine time"})


class SegmentPageOut(Out):
    items = fields.List(fields.Nested(SegmentOut))
    next_cursor = fields.String(allow_none=True)


class SegmentMemberOut(LeadOut):
    member_since = fields.AwareDateTime(metadata={"description": "engine time"})


class SegmentMembersOut(Out):
    items = fields.List(fields.Nested(SegmentMemberOut))
    next_cursor = Cursor(attribute="next", metadata={"type": ["string", "null"]})


class SegmentPreviewOut(Out):
    count = fields.Integer(
        allow_none=True,
        metadata={"description": "how many fulfil it; null: it asks too much to be tried, save it to have it counted"},
    )
    exact = fields.Boolean(metadata={"description": "false: about as many, judged by a sample"})
    looked_at = fields.Integer(metadata={"description": "leads in that sample; all of them when exact"})
    examples = fields.List(fields.Nested(LeadOut), metadata={"description": "some who fulfil it, the newest first"})


class SegmentUseOut(Out):
    kind = fields.String(metadata={"description": "segment, sequence, ..."})
    key = fields.String()


class SegmentUsesOut(Out):
    items = fields.List(fields.Nested(SegmentUseOut))


class MembershipOut(Out):
    key = fields.String()
    name = fields.String()
    since = fields.AwareDateTime(metadata={"description": "engine time"})


class MembershipsOut(Out):
    items = fields.List(fields.Nested(MembershipOut))
