"""What the API says of background jobs."""

from __future__ import annotations

from marshmallow import fields

from funnel.schemas.common import Cursor, Out, PageQuery


class JobQuery(PageQuery):
    kind = fields.String(metadata={"description": "only jobs of this kind"})


class JobOut(Out):
    id = fields.Integer()
    kind = fields.String(metadata={"description": "what is done"})
    status = fields.String(metadata={"enum": ["waiting", "running", "done", "failed", "cancelled"]})
    done = fields.Integer(metadata={"description": "how much is done"})
    total = fields.Integer(allow_none=True, metadata={"description": "of how much; null while nobody knows"})
    result = fields.Dict(metadata={"description": "what came of it so far; each kind has its own"})
    reason = fields.String(allow_none=True, metadata={"description": "why it failed"})
    asked_by = fields.String(metadata={"description": "`user 3`, `token 5` or `system`"})
    asked_at = fields.AwareDateTime()
    started_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class JobsOut(Out):
    items = fields.List(fields.Nested(JobOut))
    next_cursor = Cursor(attribute="next", allow_none=True)
