"""Imports, as the API speaks of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from funnel.importing import ENCODINGS, PRESETS
from funnel.importing.dialects import SEPARATORS
from funnel.schemas.common import LARGEST_ID, Cursor, Moment, Out, PageQuery
from funnel.schemas.form import KEY
from funnel.schemas.job import JobOut

STATES = ("unknown", "consented", "customers")
_TEXT = validate.And(validate.Length(1, 2000), validate.Regexp(r"[\s\S]*\S", error="Write something readable here."))
_TAG = validate.And(validate.Length(1, 100), validate.Regexp(r"(?=.*\S)[^,;|\x00]+\Z", error="No commas or bars."))


class UploadQuery(Schema):
    name = fields.String(
        load_default="import.csv", validate=validate.Length(1, 200), metadata={"description": "what the file is called"}
    )


class ImportQuery(PageQuery):
    pass


class RefusalQuery(Schema):
    after = fields.Integer(load_default=0, validate=validate.Range(0, LARGEST_ID), metadata={"description": "a line"})
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))


class ReadingIn(Schema):
    encoding = fields.String(validate=validate.OneOf(ENCODINGS))
    separator = fields.String(validate=validate.OneOf(SEPARATORS))
    header = fields.Boolean(metadata={"description": "the first row names the columns"})
    day_first = fields.Boolean(metadata={"description": "02/03/2024 is the second of March"})


class ReadingOut(Out):
    encoding = fields.String()
    separator = fields.String()
    header = fields.Boolean()
    day_first = fields.Boolean()
    confidence = fields.Float(metadata={"description": "how sure the guess is, from 0 to 1; 1 when a person said it"})


class ConsentStated(Schema):
    """What whoever imports vouches for. Kept with the import: it is the proof of each consent that it writes."""

    state = fields.String(
        required=True,
        validate=validate.OneOf(STATES),
        metadata={"description": "`consented`; `customers` who may be written to by law; `unknown`: no mail"},
    )
    purpose = fields.String(validate=KEY, metadata={"description": "of `consented`: what was agreed to"})
    wording = fields.String(validate=_TEXT, metadata={"description": "of `consented`: in which words"})
    at = Moment(metadata={"description": "of `consented`: when, at the latest; a column may say better"})
    proof = fields.String(validate=_TEXT, metadata={"description": "where it can be looked up"})

    @validates_schema
    def _whole(self, data: dict[str, Any], **_: Any) -> None:
        needed = {"consented": ("purpose", "wording", "at", "proof"), "customers": ("proof",), "unknown": ()}
        missing = {name: ["Needed for this."] for name in needed[data["state"]] if name not in data}
        if missing:
            raise ValidationError(missing)
        if data.get("at") and data["at"] > datetime.now(UTC):
            raise ValidationError({"at": ["Nobody has agreed in the future."]})

    @post_load
    def _as_kept(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | ({"at": data["at"].astimezone(UTC).isoformat()} if "at" in data else {})


class ConsentStatedOut(Schema):
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    purpose = fields.String()
    wording = fields.String()
    at = fields.String(metadata={"format": "date-time"})
    proof = fields.String()
    by = fields.String(metadata={"description": "who stated it: `user 3` or `token 5`"})


class ImportPatch(Schema):
    """What is told is changed; another reading guesses the columns anew, unless they are told, too."""

    reading = fields.Nested(ReadingIn)
    columns = fields.List(
        fields.String(validate=validate.Length(1, 80)),
        validate=validate.Length(1, 500),
        metadata={
            "description": "what each column means, in their order: `email`, `fields.KEY`, `tags`, `ignore`, ..."
        },
    )
    policy = fields.String(
        validate=validate.OneOf(("new", "fill", "overwrite")),
        metadata={"description": "known leads: left alone, completed, or overwritten"},
    )
    tagging = fields.String(validate=validate.OneOf(("add", "replace")))
    tags = fields.List(
        fields.String(validate=_TAG), validate=validate.Length(max=20), metadata={"description": "given to everybody"}
    )
    consent = fields.Nested(ConsentStated)
    may_enter = fields.Boolean(metadata={"description": "may bring leads into sequences"})


class ImportCountsOut(Schema):
    """What a dry run counted or a run did. Some of it is only known in the end."""

    rows = fields.Integer()
    new = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer()
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "refused rows"})
    refusing = fields.Integer(metadata={"description": "of a dry run: people who say no to mail"})
    consented = fields.Integer(metadata={"description": "of a run: consents written"})
    said = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "no, bounced, complained"}
    )
    may_mail = fields.Integer(metadata={"description": "of a run: of these people, who may be mailed now"})
    may_not = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "others, by reason"})


class ImportOut(Out):
    id = fields.Integer()
    name = fields.String()
    size = fields.Integer(metadata={"description": "bytes"})
    asked_by = fields.String(metadata={"description": "`user 3` or `token 5`"})
    created_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()
    revision = fields.Integer(metadata={"description": "grows with every change; If-Match names it"})
    preset = fields.String(allow_none=True, metadata={"enum": [*PRESETS, None], "description": "whose export it is"})
    reading = fields.Nested(ReadingOut)
    names = fields.List(fields.String(), metadata={"description": "what the columns are called in the file"})
    columns = fields.List(fields.String(), metadata={"description": "what they mean"})
    policy = fields.String(metadata={"enum": ["new", "fill", "overwrite"]})
    tagging = fields.String(metadata={"enum": ["add", "replace"]})
    tags = fields.List(fields.String())
    consent = fields.Nested(ConsentStatedOut)
    may_enter = fields.Boolean()
    kept = fields.Boolean(metadata={"description": "the file is still there; it goes after two weeks"})
    checked = fields.Nested(
        ImportCountsOut, allow_none=True, metadata={"description": "the dry run, while it still holds"}
    )
    result = fields.Nested(ImportCountsOut, allow_none=True, metadata={"description": "what the run came to"})
    run_at = fields.AwareDateTime(allow_none=True, metadata={"description": "nothing can be changed from then on"})
    job = fields.Nested(JobOut, allow_none=True, metadata={"description": "the dry run or run last asked for"})


class ImportWithRowsOut(ImportOut):
    rows = fields.List(fields.List(fields.String()), metadata={"description": "the first rows of the file"})


class ImportsOut(Out):
    items = fields.List(fields.Nested(ImportOut))
    next_cursor = Cursor(attribute="next", metadata={"type": ["string", "null"]})


class RefusalOut(Out):
    line = fields.Integer(metadata={"description": "where the row stands in the file"})
    reason = fields.String(
        metadata={"enum": ["no_email", "email", "repeated", "cells", "value", "long"]},
    )
    column = fields.String(allow_none=True)
    first_line = fields.Integer(
        allow_none=True, metadata={"description": "of `repeated`: where the address stood first"}
    )


class RefusalsOut(Out):
    items = fields.List(fields.Nested(RefusalOut))
