"""Sequences and their drafts."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from funnel.schemas.common import Out

#: stands in addresses and documents
KEY = validate.Regexp(r"[a-z0-9][a-z0-9_-]{0,63}\Z", error="Use small letters, digits, - and _ (64 at most).")
STATUSES = ["draft", "live", "paused"]


class DocumentIn(Schema):
    """The sequence document, whole."""

    class Meta:
        unknown = INCLUDE


class ProblemOut(Out):
    """What a person has to mend, or should know."""

    level = fields.String(
        validate=validate.OneOf(["error", "warning"]),
        metadata={"description": "an error keeps it from being published"},
    )
    step = fields.String(allow_none=True, metadata={"description": "the step it belongs to; null in the head"})
    path = fields.String(metadata={"description": "where in the document"})
    message = fields.String()


class CheckedOut(Out):
    problems = fields.List(fields.Nested(ProblemOut), metadata={"description": "errors, then warnings"})


def warnings() -> fields.List[Any]:
    told = {"description": "nobody would enter, or no mail would leave; publishing is possible all the same"}
    return fields.List(fields.Nested(ProblemOut), metadata=told)


class SequenceOut(Out):
    key = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    revision = fields.Integer(metadata={"description": "of the draft; the ETag"})
    draft = fields.Dict()
    problems = fields.List(fields.Nested(ProblemOut), metadata={"description": "to mend before publishing"})
    warnings = warnings()
    live_number = fields.Integer(allow_none=True, metadata={"description": "the version that new leads enter"})
    unpublished = fields.Boolean(metadata={"description": "the draft says something else than that version"})
    created_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()


class ListedOut(Out):
    key = fields.String()
    name = fields.String(allow_none=True)
    status = fields.String(validate=validate.OneOf(STATUSES))
    revision = fields.Integer()
    live_number = fields.Integer(allow_none=True)
    unpublished = fields.Boolean(metadata={"description": "the draft says something else than the published version"})
    inside = fields.Integer(metadata={"description": "leads inside, counted up to 10,001"})
    problems = fields.Integer(metadata={"description": "how many the draft has"})
    created_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()


class SequencePageOut(Out):
    items = fields.List(fields.Nested(ListedOut))
    next_cursor = fields.String(allow_none=True)


class SequenceQuery(Schema):
    cursor = fields.String(load_default="", validate=validate.Length(max=64))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 500))


class StatusOut(Out):
    key = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))


class DuplicateIn(Schema):
    """The copy is a draft; nobody is in it."""

    key = fields.String(required=True, validate=KEY, metadata={"description": "of the copy"})
    name = fields.String(validate=validate.Length(1, 200), metadata={"description": "the original's, if left out"})
