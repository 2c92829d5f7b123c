"""What all answers and lists of the API share."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from funnel.crm.keyset import Place

#: ids are PostgreSQL bigints
LARGEST_ID = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_MICROSECOND = timedelta(microseconds=1)


def written(place: Place | None) -> str | None:
    """A place as clients see it: opaque, safe in a URL."""
    if place is None:
        return None
    text = f"{(place.at - _EPOCH) // _MICROSECOND}.{place.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str) -> Place:
    """The place a cursor stands for. Raises ValueError for anything that `written` did not write."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        microseconds, _, number = text.partition(".")
        place = Place(_EPOCH + int(microseconds) * _MICROSECOND, int(number))
    except (binascii.Error, ValueError, OverflowError):
        raise ValueError("Not a cursor of this list.") from None
    if not 0 <= place.id <= LARGEST_ID:
        raise ValueError("Not a cursor of this list.")
    return place


class Cursor(fields.Field[Place]):
    """Where the next page starts, as the answer before gave it in `next_cursor`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Place:
        try:
            return read(str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def _serialize(self, value: Place | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return written(value)


class Moment(fields.AwareDateTime):
    """A point in time that somebody tells us, in UTC from here on.

    PostgreSQL takes no offset of 16 hours or more, and Python no day before the year 1 or after 9999: what is far from
    any lead's life is refused before it comes near either.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        told = super()._deserialize(value, attr, data, **kwargs)
        if not _FIRST_YEAR <= told.year <= _LAST_YEAR:
            raise ValidationError(f"Must be between the years {_FIRST_YEAR} and {_LAST_YEAR}.")
        return told.astimezone(UTC)


class Out(Schema):
    """What an answer holds. Every field is always there, so the description says so, and clients need not ask."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = True


class PageQuery(Schema):
    """Query of every list."""

    cursor = Cursor(data_key="cursor", metadata={"type": "string", "description": "`next_cursor` of the page before"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 500))


class ErrorOut(Schema):
    """Every error of the API: the problem details of RFC 9457, with what a program needs besides."""

    type = fields.String(
        required=True, metadata={"description": "address of a page about this kind of error; or about:blank"}
    )
    title = fields.String(required=True, metadata={"description": "the kind of error, in a few words"})
    status = fields.Integer(required=True, metadata={"description": "the HTTP status again"})
    detail = fields.String(required=True, metadata={"description": "a sentence for people: what is wrong this time"})
    code = fields.String(required=True, metadata={"description": "a word for programs: not_found, stale, ..."})
    request_id = fields.String(required=True, metadata={"description": "as in the header X-Request-Id"})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "what is wrong, by field or path"},
    )
