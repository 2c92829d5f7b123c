"""Keys for programs, as the API speaks of them. All times are wall times."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from funnel.crm.tokens import SCOPES
from funnel.schemas.common import Cursor, Moment, Out

SCOPE = validate.OneOf(tuple(SCOPES))


class TokenIn(Schema):
    class Meta:
        unknown = RAISE

    name = fields.String(
        required=True, validate=validate.Length(1, 100), metadata={"description": "what the program is"}
    )
    scopes = fields.List(
        fields.String(validate=SCOPE), required=True, validate=validate.Length(1, len(SCOPES)), metadata={"minItems": 1}
    )
    expires_at = Moment(
        load_default=None, allow_none=True, metadata={"description": "from then on it opens nothing; null: never"}
    )


class TokenOut(Out):
    id = fields.Integer()
    name = fields.String()
    scopes = fields.List(fields.String())
    status = fields.String(metadata={"enum": ["living", "expired", "revoked"]})
    created_at = fields.AwareDateTime()
    created_by = fields.String(allow_none=True, metadata={"description": "`user 3`, `token 5`; null: the command line"})
    expires_at = fields.AwareDateTime(allow_none=True)
    last_used_at = fields.AwareDateTime(allow_none=True, metadata={"description": "to the minute; null: never"})
    revoked_at = fields.AwareDateTime(allow_none=True)


class MintedOut(TokenOut):
    token = fields.String(metadata={"description": "the token itself, told only now"})


class TokensOut(Out):
    items = fields.List(fields.Nested(TokenOut))
    next_cursor = Cursor(attribute="next", allow_none=True)


class ScopeOut(Out):
    scope = fields.String(metadata={"enum": list(SCOPES)})
    means = fields.String()
    yours = fields.Boolean(metadata={"description": "whether you may hand it on to a new token"})


class ScopesOut(Out):
    items = fields.List(fields.Nested(ScopeOut))
