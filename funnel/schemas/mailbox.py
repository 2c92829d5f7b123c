"""The local mailbox, as the API shows it."""

from __future__ import annotations

from marshmallow import fields, validate

from funnel.schemas.common import Cursor, Out, PageQuery


class MailQuery(PageQuery):
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))
    to = fields.String(validate=validate.Length(1, 320), metadata={"description": "an address, in any case"})


class MailOut(Out):
    id = fields.Integer()
    to = fields.String()
    from_ = fields.String(attribute="sender", data_key="from")
    subject = fields.String()
    text = fields.String()
    html = fields.String(allow_none=True)
    headers = fields.Dict(keys=fields.String(), values=fields.String())
    at = fields.AwareDateTime(metadata={"description": "engine time"})


class MailboxOut(Out):
    items = fields.List(fields.Nested(MailOut), metadata={"description": "oldest first, so that they read as a story"})
    next_cursor = Cursor(
        attribute="next", metadata={"type": ["string", "null"], "description": "leads to the mails before these"}
    )
