"""Leads in sequences."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from funnel.schemas.common import LARGEST_ID, Cursor, Out, PageQuery


class EnrollIn(Schema):
    """One lead, by its id or its address."""

    lead_id = fields.Integer(strict=True, validate=validate.Range(1, LARGEST_ID))
    email = fields.String(validate=validate.Length(1, 320))

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Give either lead_id or email.", "lead_id")


class EnrolledOut(Out):
    id = fields.Integer()


class EnrollmentOut(Out):
    id = fields.Integer()
    sequence = fields.String()
    version = fields.Integer()
    status = fields.String(validate=validate.OneOf(["active", "ended"]))
    step = fields.String(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True, metadata={"description": "null: only a fact will wake it"})
    held = fields.String(allow_none=True, metadata={"description": "why it waits without a date"})
    reason = fields.String(allow_none=True, metadata={"description": "of its end"})
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class EnrollmentsOut(Out):
    items = fields.List(fields.Nested(EnrollmentOut))


class InsideQuery(PageQuery):
    step = fields.String(validate=validate.Length(1, 64), metadata={"description": "only those at this step"})
    version = fields.Integer(
        validate=validate.Range(1, LARGEST_ID), metadata={"description": "only those in this version"}
    )


class OneInsideOut(Out):
    id = fields.Integer(metadata={"description": "of the enrollment"})
    lead_id = fields.Integer()
    email = fields.String()
    version = fields.Integer()
    step = fields.String(allow_none=True, metadata={"description": "null before the first"})
    since = fields.AwareDateTime(attribute="entered_at", metadata={"description": "at this step; engine time"})
    due_at = fields.AwareDateTime(allow_none=True, metadata={"description": "null: only a fact will wake it"})
    held = fields.String(allow_none=True, metadata={"description": "why it waits without a date"})
    reason = fields.String(allow_none=True, metadata={"description": "what went wrong, when held by an error"})


class InsideOut(Out):
    items = fields.List(fields.Nested(OneInsideOut))
    next_cursor = Cursor(attribute="next", metadata={"type": ["string", "null"]})
