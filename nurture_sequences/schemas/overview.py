"""How things stand in the whole installation."""

from __future__ import annotations

from marshmallow import fields

from funnel.schemas.common import Out


class StuckOut(Out):
    key = fields.String(metadata={"description": "of the sequence"})
    count = fields.Integer(metadata={"description": "leads at a step that failed: a person decides"})


class OverviewOut(Out):
    """Counts stop at `most`."""

    leads_day = fields.Integer(metadata={"description": "leads of the last 24 hours, in engine time"})
    leads_week = fields.Integer(metadata={"description": "leads of the last 7 days, in engine time"})
    mails_queued = fields.Integer(metadata={"description": "waiting to leave"})
    mails_unknown = fields.Integer(metadata={"description": "sent perhaps: nobody knows"})
    stuck = fields.List(fields.Nested(StuckOut))
    facts_failed = fields.Integer(metadata={"description": "facts that could not be reacted to"})
    webhooks_stopped = fields.Integer(metadata={"description": "webhooks that are called no more: gone, or failing"})
    most = fields.Integer()
