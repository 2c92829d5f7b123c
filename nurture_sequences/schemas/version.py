"""Published versions, what differs between two documents, what publishing would do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from funnel.schemas.common import LARGEST_ID, Out
from nurture_sequences.schemas.sequence import STATUSES, ProblemOut, warnings


class PublishedOut(Out):
    key = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    number = fields.Integer(metadata={"description": "of the version that new leads enter now"})
    warnings = warnings()
    inside_older = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "how many leads are in each older version, by its number; they stay there"},
    )


class ListedVersionOut(Out):
    number = fields.Integer()
    published_at = fields.AwareDateTime(metadata={"description": "engine time"})


class VersionsOut(Out):
    items = fields.List(fields.Nested(ListedVersionOut), metadata={"description": "newest first"})


class VersionOut(Out):
    number = fields.Integer()
    document = fields.Dict()
    published_at = fields.AwareDateTime(metadata={"description": "engine time"})


class VersionQuery(Schema):
    version = fields.Integer(
        validate=validate.Range(1, LARGEST_ID), metadata={"description": "its number; without it, the published one"}
    )


class Edition(fields.Field[int | None]):
    """A version by its number, or `draft`: None."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int | None:
        if value == "draft":
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and 0 < len(value) < 19:
            return int(value)
        raise ValidationError('Expected "draft" or the number of a version.')


def _edition(description: str) -> Edition:
    return Edition(
        required=True, metadata={"type": "string", "pattern": "^(draft|[0-9]+)$", "description": description}
    )


class DiffQuery(Schema):
    before = _edition("`draft` or the number of a version")
    after = _edition("`draft` or the number of a version")


class ChangeOut(Out):
    how = fields.String(validate=validate.OneOf(["added", "removed", "changed", "moved"]))
    step = fields.String(allow_none=True, metadata={"description": "null: a part of the head"})
    parts = fields.List(fields.String(), metadata={"description": "which keys of the step, or of the document, differ"})
    before = fields.Raw(allow_none=True, metadata={"description": "without the steps inside it"})
    after = fields.Raw(allow_none=True, metadata={"description": "without the steps inside it"})
    moved = fields.Boolean(metadata={"description": "it stands elsewhere, too"})


class DiffOut(Out):
    changes = fields.List(fields.Nested(ChangeOut))


class StandingOut(Out):
    version = fields.Integer()
    step = fields.String(allow_none=True, metadata={"description": "null before the first"})
    here = fields.Integer(metadata={"description": "leads there now"})
    stuck = fields.Integer(metadata={"description": "of these, the ones only a person can let go"})


class PreviewOut(Out):
    number = fields.Integer(metadata={"description": "what the version would be called"})
    changes = fields.List(fields.Nested(ChangeOut))
    problems = fields.List(fields.Nested(ProblemOut), metadata={"description": "errors, then warnings"})
    inside = fields.List(
        fields.Nested(StandingOut),
        metadata={"description": "where leads stand; all of them stay in the version they entered"},
    )
    complete = fields.Boolean(metadata={"description": "false: only 20,000 leads were counted"})
