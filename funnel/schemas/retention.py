"""How long personal data is kept, as the API speaks of it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from funnel.schemas.common import Moment, Out

#: a hundred years
MONTHS, DAYS = validate.Range(1, 1200), validate.Range(1, 36500)


class RetentionIn(Schema):
    """A null duration keeps for ever."""

    leads_months = fields.Integer(
        required=True, allow_none=True, validate=MONTHS, metadata={"description": "after the last contact from a lead"}
    )
    except_stages = fields.List(
        fields.String(validate=validate.Length(1, 100)),
        required=True,
        validate=validate.Length(max=50),
        metadata={"description": "leads on these stages stay"},
    )
    unconfirmed_days = fields.Integer(
        required=True, allow_none=True, validate=DAYS, metadata={"description": "leads who never confirmed"}
    )
    spam_days = fields.Integer(required=True, allow_none=True, validate=DAYS)
    audit_months = fields.Integer(required=True, allow_none=True, validate=MONTHS)


class RetentionOut(Out):
    leads_months = fields.Integer(allow_none=True)
    except_stages = fields.List(fields.String())
    unconfirmed_days = fields.Integer(allow_none=True)
    spam_days = fields.Integer(allow_none=True)
    audit_months = fields.Integer(allow_none=True)
    revision = fields.Integer()
    confirmed_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "null: nothing is deleted until somebody confirms this revision"}
    )
    confirmed_by = fields.String(allow_none=True)
    asked_at = fields.AwareDateTime(allow_none=True, metadata={"description": "when the last run was asked for"})


class ConfirmIn(Schema):
    revision = fields.Integer(required=True, metadata={"description": "of the policy whose preview was seen"})


class ContactIn(Schema):
    at = Moment(metadata={"description": "engine time; now when it is left out"})
