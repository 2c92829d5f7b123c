"""Merging leads, as the API speaks of it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from funnel.crm.merges import MOST
from funnel.schemas.common import LARGEST_ID, Out
from funnel.schemas.lead import LeadOut

_ID = validate.Range(1, LARGEST_ID)


class MergeIn(Schema):
    others = fields.List(
        fields.Integer(strict=True, validate=_ID),
        required=True,
        validate=validate.Length(1, MOST),
        metadata={"description": "leads that become part of this one; their ids and addresses lead to it from then on"},
    )
    fields_ = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 100)),
        values=fields.Integer(strict=True, validate=_ID),
        data_key="fields",
        load_default=dict,
        validate=validate.Length(max=200),
        metadata={"description": "by field, the lead whose value stays; absent: this one's, where it has any"},
    )


class UnmergeIn(Schema):
    lead = fields.Integer(
        required=True, strict=True, validate=_ID, metadata={"description": "the id that the merged lead had"}
    )


class MergedLeadOut(Out):
    id = fields.Integer(metadata={"description": "the id it had as a lead"})
    email = fields.String(metadata={"description": "its address; what comes to it is the lead's"})
    by = fields.String(metadata={"description": "`user 3`, `token 5` or `system`"})
    at = fields.AwareDateTime(metadata={"description": "engine time"})


class MergedLeadsOut(Out):
    items = fields.List(fields.Nested(MergedLeadOut), metadata={"description": "the last first"})


class DuplicatesOut(Out):
    looked_at = fields.AwareDateTime(allow_none=True, metadata={"description": "when leads were compared; null: never"})
    job = fields.Integer(allow_none=True, metadata={"description": "the job that compares them now, if one does"})
    items = fields.List(
        fields.Nested(
            Out.from_dict(
                {
                    "why": fields.String(validate=validate.OneOf(["address", "phone", "name"])),
                    "leads": fields.List(fields.Nested(LeadOut)),
                },
                name="DuplicateOut",
            )
        ),
        metadata={"description": "leads that may be one person, the oldest first"},
    )
