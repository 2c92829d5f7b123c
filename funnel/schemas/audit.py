"""The audit log as the API tells it."""

from __future__ import annotations

from marshmallow import fields, validate

from funnel.schemas.common import Cursor, Moment, Out, PageQuery


class AuditQuery(PageQuery):
    actor = fields.String(validate=validate.Length(1, 64), metadata={"description": "`user 3`, `token 5`, `system`"})
    action = fields.String(validate=validate.Length(1, 64), metadata={"description": "`read_lead`, `sign_in`, ..."})
    subject = fields.String(
        validate=validate.Length(1, 128), metadata={"description": "`leads/12`, or `leads` for all of them"}
    )
    since = Moment()
    until = Moment(metadata={"description": "entries before this time"})


class AuditEntryOut(Out):
    id = fields.Integer()
    at = fields.AwareDateTime(metadata={"description": "real time, in UTC"})
    actor = fields.String()
    action = fields.String(metadata={"description": "the operation of this API, or a verb like `sign_in`"})
    subject = fields.String()
    request_id = fields.String(allow_none=True)
    network = fields.String(allow_none=True, metadata={"description": "of the caller: /24, or /48"})
    detail = fields.Dict(keys=fields.String())


class AuditPageOut(Out):
    items = fields.List(fields.Nested(AuditEntryOut))
    next_cursor = Cursor(attribute="next", allow_none=True, metadata={"type": ["string", "null"]})
