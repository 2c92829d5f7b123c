"""Sequences, as the API speaks of them. What a document may say is `definition`'s matter, not a schema's."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate, validates_schema

from funnel.schemas.common import LARGEST_ID, Out

#: stands in addresses and documents
KEY = validate.Regexp(r"[a-z0-9][a-z0-9_-]{0,63}\Z", error="Use small letters, digits, - and _ (64 at most).")


class DocumentIn(Schema):
    """The sequence document, whole."""

    class Meta:
        unknown = INCLUDE


class ProblemOut(Out):
    path = fields.String(metadata={"description": "where in the document"})
    message = fields.String()


def _warnings() -> fields.List[Any]:
    told = {"description": "nobody would enter, or no mail would leave; publishing is possible all the same"}
    return fields.List(fields.Nested(ProblemOut), metadata=told)


class SequenceOut(Out):
    key = fields.String()
    status = fields.String(validate=validate.OneOf(["draft", "live", "paused"]))
    revision = fields.Integer(metadata={"description": "of the draft; the ETag"})
    draft = fields.Dict()
    problems = fields.List(fields.Nested(ProblemOut), metadata={"description": "to mend before publishing"})
    warnings = _warnings()
    live_number = fields.Integer(allow_none=True, metadata={"description": "the version that new leads enter"})
    created_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()


class ListedOut(Out):
    key = fields.String()
    status = fields.String()
    revision = fields.Integer()
    live_number = fields.Integer(allow_none=True)
    inside = fields.Integer(metadata={"description": "leads inside, counted up to 10,001"})
    created_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()


class SequencePageOut(Out):
    items = fields.List(fields.Nested(ListedOut))
    next_cursor = fields.String(allow_none=True)


class SequenceQuery(Schema):
    cursor = fields.String(load_default="", validate=validate.Length(max=64))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 500))


class PublishedOut(Out):
    key = fields.String()
    status = fields.String()
    number = fields.Integer(metadata={"description": "of the version that new leads enter now"})
    warnings = _warnings()
    inside_older = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "how many leads are in each older version, by its number; they stay there"},
    )


class StatusOut(Out):
    key = fields.String()
    status = fields.String()


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
