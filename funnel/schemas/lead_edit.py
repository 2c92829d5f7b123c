"""Leads as programs and people write them."""

from __future__ import annotations

import math
from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, post_load, validate

from funnel import addresses
from funnel.crm.lead_changes import Edit
from funnel.schemas.common import Out
from funnel.schemas.form import KEY

#: characters of a text, texts of a list, rows of a batch
LONGEST, MOST_IN_LIST, MOST_ROWS = 5000, 300, 1000
_TAG = validate.Regexp(r"(?=\S)[^\x00-\x1f\x7f]{1,100}(?<=\S)\Z", error="Write 1 to 100 characters on one line.")


class Address(fields.String):
    """An email address, normalised."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        email = addresses.normalised(super()._deserialize(value, attr, data, **kwargs) or "")
        if email is None:
            raise ValidationError("This is not an email address that mail can be sent to.")
        return email


class Value(fields.Field[Any]):
    """What a field may hold: a text, a number, yes or no, a list of texts; null removes it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, list):
            if len(value) > MOST_IN_LIST or not all(isinstance(one, str) for one in value):
                raise ValidationError(f"A list holds texts, {MOST_IN_LIST} at most.")
            return [_text(one) for one in value]
        if isinstance(value, bool) or (isinstance(value, int | float) and math.isfinite(value) and abs(value) <= 2**53):
            return value
        raise ValidationError("Send a text, a number up to 2^53, true, false, a list of texts, or null.")


def _text(value: str) -> str:
    if len(value) > LONGEST:
        raise ValidationError(f"At most {LONGEST} characters.")
    return value.strip()


class ZoneName(fields.String):
    """An IANA time zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs) or ""
        if name not in available_timezones():
            raise ValidationError("Not an IANA time zone, such as Europe/Paris.")
        return name


class _Told(Schema):
    """What can be said of a lead besides its address."""

    fields_ = fields.Dict(
        keys=fields.String(validate=KEY),
        values=Value(allow_none=True),
        data_key="fields",
        attribute="fields",
        validate=validate.Length(max=500),
        metadata={"description": "merged into what is known, by key; null removes", "additionalProperties": {}},
    )
    zone = ZoneName(allow_none=True, metadata={"description": "IANA time zone"})
    locale = fields.String(allow_none=True, validate=validate.Regexp(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z"))

    #: what this kind of body calls the tags of an Edit
    tags_as: dict[str, str] = {}  # noqa: RUF012 - a table, never changed

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        told: dict[str, Any] = {name: tuple(data.pop(key)) for key, name in self.tags_as.items() if key in data}
        told["columns"] = {key: data.pop(key) for key in ("zone", "locale") if key in data}
        return data | {"edit": Edit(fields=data.pop("fields", {}), **told)}


def _tags(description: str) -> fields.List[str]:
    return fields.List(
        fields.String(validate=_TAG), validate=validate.Length(max=200), metadata={"description": description}
    )


class LeadIn(_Told):
    """A new lead, or a row of a batch: the lead with this address."""

    tags_as = {"tags": "add_tags"}  # noqa: RUF012

    email = Address(required=True, validate=validate.Length(1, 320))
    tags = _tags("put on the lead")


class LeadPatch(_Told):
    """What changes of a lead; what is left out stays."""

    tags_as = {"tags": "tags", "add_tags": "add_tags", "remove_tags": "remove_tags"}  # noqa: RUF012

    email = Address(validate=validate.Length(1, 320), metadata={"description": "another address"})
    keep_consents = fields.Boolean(
        load_default=False,
        metadata={
            "description": "With a new address: true when you know that the same person reads it. Otherwise consents"
            " that permit mail wait for a new confirmation."
        },
    )
    tags = _tags("all its tags from now on")
    add_tags = _tags("put on, whatever others do at the same time")
    remove_tags = _tags("taken off, whatever others do at the same time")


class BatchIn(Schema):
    """Rows are checked one by one: a bad one is refused by itself."""

    fields_ = fields.String(
        data_key="fields",
        attribute="fields",
        load_default="overwrite",
        validate=validate.OneOf(("overwrite", "fill")),
        metadata={"description": "whether a value told replaces a known one, or only fills a gap"},
    )
    leads = fields.List(
        fields.Dict(metadata={"description": "email, fields, tags (put on), zone, locale: as in POST /leads"}),
        required=True,
        validate=validate.Length(1, MOST_ROWS),
    )


class RowOut(Out):
    email = fields.String(allow_none=True, metadata={"description": "as it is written here; null when it is none"})
    id = fields.Integer(allow_none=True, metadata={"description": "null when there is no lead of it"})
    result = fields.String(validate=validate.OneOf(("created", "updated", "unchanged", "refused")))
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "why it was refused, by dotted path; empty otherwise"},
    )


class BatchOut(Out):
    created = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer()
    items = fields.List(fields.Nested(RowOut), metadata={"description": "one for each row, in their order"})
