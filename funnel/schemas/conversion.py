"""Goals and conversions, as the API speaks of them. Times are engine times; money is a number and its currency."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from funnel.currencies import CURRENCIES
from funnel.schemas.common import LARGEST_ID, Cursor, Moment, Out, PageQuery

KEY = validate.Regexp(r"[a-z0-9][a-z0-9_-]{0,63}\Z", error="Use small letters, digits, - and _ (64 at most).")
CURRENCY = validate.OneOf(sorted(CURRENCIES), error="Must be a code of ISO 4217, such as EUR.")
#: digits before the point, and after it
WHOLE, PLACES = 14, 4


class Value(fields.Decimal):
    """An amount of money, exactly as it was told; JSON carries it as text, so that no program rounds it."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = kwargs.pop("metadata", {}) | {
            "type": "string",
            "pattern": rf"^\d{{1,{WHOLE}}}(\.\d{{1,{PLACES}}})?$",
        }
        super().__init__(as_string=True, metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        number = super()._deserialize(value, attr, data, **kwargs)
        if not 0 <= number < 10**WHOLE or number != round(number, PLACES):
            raise ValidationError(
                f"Must be 0 or more, with at most {WHOLE} digits before the point and {PLACES} after it."
            )
        return number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        """Without zeros that nobody told, and never as 1E+2."""
        return None if value is None else f"{value.normalize():f}"


class MoneyIn(Schema):
    """A value comes with its currency, or there is none."""

    class Meta:
        unknown = RAISE

    value = Value(load_default=None, allow_none=True)
    currency = fields.String(
        load_default=None, allow_none=True, validate=CURRENCY, metadata={"description": "ISO 4217: EUR, USD, ..."}
    )

    @validates_schema
    def _go_together(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("value") is None) != (data.get("currency") is None):
            raise ValidationError("A value and its currency go together.", "currency")


class GoalChangeIn(MoneyIn):
    name = fields.String(required=True, validate=validate.Length(1, 100))
    stage = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "a lead that comes to this stage from now on has reached the goal, once"},
    )


class GoalIn(GoalChangeIn):
    key = fields.String(required=True, validate=KEY, metadata={"description": "it never changes"})


class GoalOut(Out):
    key = fields.String()
    name = fields.String()
    stage = fields.String(allow_none=True)
    value = Value(allow_none=True)
    currency = fields.String(allow_none=True)
    revision = fields.Integer(metadata={"description": "the ETag"})
    created_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()


class GoalsOut(Out):
    items = fields.List(fields.Nested(GoalOut))


class ConversionIn(MoneyIn):
    goal = fields.String(required=True, metadata={"description": "its key"})
    lead_id = fields.Integer(validate=validate.Range(1, LARGEST_ID), strict=True)
    email = fields.String(validate=validate.Length(1, 320), metadata={"description": "instead of `lead_id`"})
    key = fields.String(
        required=True,
        validate=validate.Length(1, 200),
        metadata={"description": "names it once and for all, such as an order number: told again it is the same"},
    )
    at = Moment(metadata={"description": "engine time; absent: now"})

    @validates_schema
    def _one_lead(self, data: dict[str, Any], **_: Any) -> None:
        if ("lead_id" in data) == ("email" in data):
            raise ValidationError("Name the lead by one of lead_id and email.", "lead_id")


class WithdrawIn(Schema):
    class Meta:
        unknown = RAISE

    reason = fields.String(required=True, validate=validate.Length(1, 500))


class ConversionOut(Out):
    id = fields.Integer()
    goal = fields.String(metadata={"description": "its key"})
    goal_name = fields.String()
    lead_id = fields.Integer()
    key = fields.String()
    value = Value(allow_none=True)
    currency = fields.String(allow_none=True)
    at = fields.AwareDateTime()
    told_by = fields.String(metadata={"description": "`user 3`, `token 5`; `stage`: the lead came to the goal's stage"})
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    withdrawn_by = fields.String(allow_none=True)
    reason = fields.String(allow_none=True, metadata={"description": "why it was withdrawn"})


class ConversionsOut(Out):
    items = fields.List(fields.Nested(ConversionOut))
    next_cursor = Cursor(attribute="next", allow_none=True)


class ConversionQuery(PageQuery):
    goal = fields.String(metadata={"description": "only of the goal with this key"})
