"""The board, as the API tells it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from funnel.crm.board import AGES
from funnel.schemas.common import Out
from funnel.schemas.lead import LeadOut, StageOut


class BoardQuery(Schema):
    owner = fields.String(
        validate=validate.Regexp(r"(me|[1-9][0-9]{0,17})\Z", error="Is a user's id, or `me`."),
        metadata={"description": "only the leads of this user; `me`: the caller's"},
    )


class AgeOut(Out):
    days = fields.Integer(allow_none=True, metadata={"description": "at most so many days on the stage; null: longer"})
    leads = fields.Integer()


class BoardLeadOut(LeadOut):
    stage_since = fields.AwareDateTime(metadata={"description": "engine time"})


class ColumnOut(Out):
    stage = fields.Nested(StageOut)
    count = fields.Integer(allow_none=True, metadata={"description": "null while they are counted the first time"})
    ages = fields.List(fields.Nested(AgeOut), metadata={"description": f"up to {AGES} days, and longer"})
    leads = fields.List(fields.Nested(BoardLeadOut), metadata={"description": "the newest on this stage"})


class BoardOut(Out):
    columns = fields.List(fields.Nested(ColumnOut), metadata={"description": "from the foot of the ladder"})
    counted_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "wall time; of many leads the counts may be a minute old"}
    )
