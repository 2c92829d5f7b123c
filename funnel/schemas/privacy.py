"""The rights of a person, as the API speaks of them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from funnel.crm.erasing import REASONS
from funnel.schemas.common import Cursor, Out

#: an address is never part of a URL: those are logged
ADDRESS = validate.Length(3, 320)


class AddressIn(Schema):
    email = fields.String(required=True, validate=ADDRESS)


class _OrderIn(Schema):
    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    suppress = fields.Boolean(
        load_default=True, metadata={"description": "never mail these addresses, should they come back"}
    )


class EraseLeadIn(_OrderIn):
    confirm = fields.Integer(required=True, metadata={"description": "the lead's id once more: nobody can undo this"})


class EraseAddressIn(_OrderIn):
    email = fields.String(required=True, validate=ADDRESS)
    confirm = fields.String(required=True, metadata={"description": "the address once more: nobody can undo this"})


class ErasureOut(Out):
    id = fields.UUID()
    lead_id = fields.Integer(allow_none=True, metadata={"description": "null for an address that no lead had"})
    at = fields.AwareDateTime(metadata={"description": "engine time"})
    reason = fields.String(validate=validate.OneOf(REASONS))
    erased_by = fields.String()
    suppressed = fields.Boolean()


class ErasedOut(Out):
    erasures = fields.List(fields.Nested(ErasureOut))
    rows = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "deleted or emptied, by table"}
    )


class ErasurePageOut(Out):
    items = fields.List(fields.Nested(ErasureOut))
    next_cursor = Cursor(attribute="next", metadata={"type": ["string", "null"]})


class FoundOut(Out):
    lead_id = fields.Integer(allow_none=True)
    rows = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "how much there is, by section"}
    )
