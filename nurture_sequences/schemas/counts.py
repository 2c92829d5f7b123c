"""How many leads are where."""

from __future__ import annotations

from marshmallow import fields

from funnel.schemas.common import Out


class StepCountOut(Out):
    step = fields.String(allow_none=True, metadata={"description": "null: leads who have not reached the first step"})
    here = fields.Integer(metadata={"description": "leads there now"})
    stuck = fields.Integer(metadata={"description": "of these, the ones only a person can let go"})
    entered = fields.Integer(metadata={"description": "everybody who ever came there"})
    sent = fields.Integer(metadata={"description": "mails of this step that were taken, of leads who went on"})
    refused = fields.Integer()
    skipped = fields.Integer()


class CountsOut(Out):
    version = fields.Integer()
    steps = fields.List(fields.Nested(StepCountOut), metadata={"description": "where nobody ever was is left out"})
    approximate = fields.Boolean(metadata={"description": "worked out from a part of the rows: there are many"})
