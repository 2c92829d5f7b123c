"""One thing done with many leads, as the API speaks of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from funnel.schemas.common import LARGEST_ID, Out
from funnel.schemas.lead_list import LeadFiltersQuery

#: leads that can be named one by one
MOST_CHOSEN = 1000
#: what each action needs to be told
NEEDS = {
    "tag": "tag",
    "untag": "tag",
    "assign": "owners",
    "stage": "stage",
    "enroll": "sequence",
    "take_out": "sequence",
}
_ID = validate.Range(1, LARGEST_ID)


class LeadFilterIn(LeadFiltersQuery):
    """As in the query of the list of leads."""


class BulkCountIn(Schema):
    filter = fields.Nested(LeadFilterIn, required=True, metadata={"description": "empty: every lead"})


class BulkCountOut(Out):
    count = fields.Integer(metadata={"description": "leads that fit now"})


class BulkIn(Schema):
    action = fields.String(required=True, validate=validate.OneOf(list(NEEDS)))
    leads = fields.List(
        fields.Integer(strict=True, validate=_ID),
        validate=validate.Length(1, MOST_CHOSEN),
        metadata={"description": "with these; or `filter`, with all that fit now"},
    )
    filter = fields.Nested(LeadFilterIn, metadata={"description": "empty: every lead"})
    tag = fields.String(validate=validate.Length(1, 100), metadata={"description": "for tag and untag"})
    owners = fields.List(
        fields.Integer(strict=True, validate=_ID),
        validate=validate.Length(max=50),
        metadata={"description": "for assign: users, in turn; none: nobody"},
    )
    stage = fields.String(
        validate=validate.Length(1, 100), metadata={"description": "for stage; rules leave leads there for 30 days"}
    )
    sequence = fields.String(
        validate=validate.Length(1, 100), metadata={"description": "for enroll and take_out: its key"}
    )

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        if ("leads" in data) is ("filter" in data):
            raise ValidationError("Say either which leads, or a filter.", "leads")
        if (needed := NEEDS[data["action"]]) not in data:
            raise ValidationError(f"{data['action']} needs this.", needed)
