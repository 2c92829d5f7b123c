"""The list of leads, as it is asked for: filters, orders, pages."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from funnel import conditions
from funnel.conditions import Condition
from funnel.crm.lead_filters import Filters
from funnel.crm.lead_orders import SORTS, Position
from funnel.schemas.common import LARGEST_ID, Moment, Out
from funnel.schemas.lead import LeadOut

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NO_CURSOR = "Not a cursor of this list."


def written(place: Position | None) -> str | None:
    """A place as clients see it: opaque, safe in a URL."""
    if place is None:
        return None
    at = None if place.at is None else (place.at - _EPOCH) // _MICROSECOND
    return base64.urlsafe_b64encode(orjson.dumps([place.sort, place.id, at, place.marks])).decode().rstrip("=")


def read(cursor: str) -> Position:
    """The place a cursor stands for. Raises ValueError for anything that `written` did not write."""
    try:
        told = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        sort, lead_id, at, marks = told
        place = Position(sort, lead_id, None if at is None else _EPOCH + at * _MICROSECOND, marks and tuple(marks))
    except (binascii.Error, ValueError, TypeError, OverflowError):
        raise ValueError(_NO_CURSOR) from None
    if not _is_place(place):
        raise ValueError(_NO_CURSOR)
    return place


def _is_place(place: Position) -> bool:
    if place.sort not in SORTS or type(place.id) is not int or not 0 <= place.id <= LARGEST_ID:
        return False
    if (place.at is None) != (place.sort == "name"):
        return False
    numbers = place.marks or ()
    scored = len(numbers) == 3 and all(isinstance(one, int | float) and math.isfinite(one) for one in numbers)
    return scored if place.sort == "score" else place.marks is None


class LeadCursor(fields.Field[Position]):
    """Where the next page starts, as the answer before gave it in `next_cursor`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Position:
        try:
            return read(str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def _serialize(self, value: Position | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return written(value)


class ConditionText(fields.Field[Condition]):
    """A condition as JSON in a text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Condition:
        try:
            return conditions.parse(orjson.loads(str(value)))
        except orjson.JSONDecodeError as error:
            raise ValidationError(f"Not JSON: {error.msg}.") from None
        except conditions.ConditionError as error:
            raise ValidationError([f"{one.path}: {one.message}".lstrip(": ") for one in error.problems]) from None


class Some(fields.List[str]):
    """One or several: a name that stands once in a query, or alone in JSON, is a list of one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        return super()._deserialize([value] if isinstance(value, str) else value, attr, data, **kwargs)


def _words(description: str) -> Some:
    return Some(
        fields.String(validate=validate.Length(1, 100)),
        validate=validate.Length(max=50),
        metadata={"description": f"{description}; may be repeated"},
    )


class LeadFiltersQuery(Schema):
    """What leads are narrowed to: all filters that are given must hold. They come as one `filters`."""

    email = fields.String(
        validate=validate.Length(1, 320), metadata={"description": "exactly this person, however written"}
    )
    search = fields.String(
        validate=validate.Length(1, 200),
        metadata={
            "description": "words that are all part of the address or a field, whatever their case and accents; one or"
            " two letters are looked for at the beginning of words"
        },
    )
    stage = _words("on one of these stages")
    tag = _words("with all of these tags")
    any_tag = _words("with any of these tags")
    no_tag = _words("with none of these tags")
    owner = fields.Integer(
        validate=validate.Range(0, LARGEST_ID),
        metadata={"description": "the user who takes care of the lead; 0: nobody does"},
    )
    campaign = fields.String(validate=validate.Length(1, 300), metadata={"description": "of the first touch"})
    source = fields.String(validate=validate.Length(1, 300), metadata={"description": "of the first touch"})
    form = fields.String(validate=validate.Length(1, 100), metadata={"description": "key of a form that it filled in"})
    may_mail = fields.Boolean(
        metadata={"description": "whether a consent permits mail; a suppressed address is not looked at"}
    )
    created_since = Moment(metadata={"description": "engine time"})
    created_before = Moment(metadata={"description": "engine time"})
    score_min = fields.Float(validate=validate.Range(-1e9, 1e9))
    score_max = fields.Float(validate=validate.Range(-1e9, 1e9))
    condition = ConditionText(
        metadata={"type": "string", "description": "a condition as JSON, as segments and rules write it"}
    )

    @post_load
    def _narrow(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        names = [name for name in LeadFiltersQuery._declared_fields if name in data]
        return data | {"filters": Filters(**{_RENAMED.get(name, name): data.pop(name) for name in names})}


_RENAMED = {"stage": "stages", "tag": "all_tags", "any_tag": "any_tags", "no_tag": "no_tags"}


class LeadQuery(LeadFiltersQuery):
    cursor = LeadCursor(
        load_default=None, metadata={"type": "string", "description": "`next_cursor` of the page before"}
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 500))
    sort = fields.String(load_default="newest", validate=validate.OneOf(SORTS))

    @validates_schema
    def _cursor_is_of_this_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["cursor"] and data["cursor"].sort != data["sort"]:
            raise ValidationError("A cursor of another order.", "cursor")


class LeadPageOut(Out):
    items = fields.List(fields.Nested(LeadOut))
    next_cursor = LeadCursor(attribute="next", metadata={"type": ["string", "null"]})
    count = fields.Integer(
        allow_none=True, metadata={"description": "how many leads fit, counted to 2,000; null on later pages"}
    )
    more = fields.Boolean(metadata={"description": "more than could be counted"})
