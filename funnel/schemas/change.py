"""The change feed, as the API speaks of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from funnel import feed
from funnel.schemas.common import Out
from funnel.schemas.lead import LeadOut

#: seconds that an answer may wait for something to tell
LONGEST_WAIT = 25


class FeedCursor(fields.Field[feed.Cursor]):
    """Where to read on, as the answer before gave it in `next_cursor`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> feed.Cursor:
        try:
            return feed.read(str(value)[: feed.LONGEST])
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def _serialize(self, value: feed.Cursor | None, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return str(value)


class Words(fields.Field[tuple[str, ...]]):
    """Words with commas between them."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[str, ...]:
        words = tuple(word.strip() for word in str(value).split(","))
        if not all(0 < len(word) <= 100 for word in words) or len(words) > 100:
            raise ValidationError("Give words with commas between them.")
        return words


class ChangesQuery(Schema):
    class Meta:
        unknown = RAISE

    cursor = FeedCursor(metadata={"type": "string", "description": "`next_cursor` of the answer before"})
    start = fields.String(
        load_default="first",
        data_key="from",
        validate=validate.OneOf(["first", "now"]),
        metadata={"description": "without a cursor: from the first fact on, or only what comes from now on"},
    )
    limit = fields.Integer(load_default=500, validate=validate.Range(1, 1000))
    kinds = Words(load_default=(), metadata={"type": "string", "description": "only facts of these: tagged,erased"})
    include = fields.String(
        validate=validate.OneOf(["lead"]), metadata={"description": "`lead`: beside each fact its lead as it is now"}
    )
    wait = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LONGEST_WAIT),
        metadata={"description": "seconds to wait when there is nothing to tell; it may be less"},
    )

    @validates_schema
    def _one_beginning(self, data: dict[str, Any], **_: Any) -> None:
        if "cursor" in data and data["start"] == "now":
            raise ValidationError("A cursor says where to read on: leave `from` out.", "from")


class FeedFactOut(Out):
    id = fields.Integer(metadata={"description": "the fact's own, the same in webhooks, exports and timelines"})
    at = fields.AwareDateTime(metadata={"description": "engine time"})
    kind = fields.String()
    lead_id = fields.Integer(allow_none=True)
    data = fields.Dict()
    lead = fields.Nested(
        LeadOut, allow_none=True, metadata={"description": "with `include=lead`, as it is now; null when it is gone"}
    )


class FeedOut(Out):
    items = fields.List(fields.Nested(FeedFactOut))
    next_cursor = FeedCursor(attribute="next", metadata={"type": "string", "description": "where to read on; always"})
    more = fields.Boolean(metadata={"description": "there is more already: ask again at once"})
