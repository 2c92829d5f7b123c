"""Fillings that wait for a person."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from funnel.schemas.common import Out

#: fillings looked at in one go
MOST = 100


class HeldOut(Out):
    id = fields.UUID()
    form = fields.String(metadata={"description": "the form's key"})
    form_name = fields.String()
    values = fields.Dict(metadata={"description": "what was typed, by field"})
    agreed = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "the words agreed to, by purpose"}
    )
    reason = fields.String(metadata={"description": "`honeypot`, `too fast` or `forged stamp`"})
    ip = fields.String(allow_none=True, metadata={"description": "the sender's network"})
    at = fields.AwareDateTime(metadata={"description": "engine time"})


class HeldListOut(Out):
    items = fields.List(fields.Nested(HeldOut))
    more = fields.Boolean(metadata={"description": "whether there are older ones"})


class HeldIn(Schema):
    """Which of them."""

    ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, MOST))


class DecidedOut(Out):
    done = fields.Integer(metadata={"description": "how many of them; somebody else may have decided on the others"})
