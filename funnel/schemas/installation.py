"""The installation, as the API speaks of it."""

from __future__ import annotations

from marshmallow import fields, validate

from funnel.schemas.common import Out


class SendingOut(Out):
    state = fields.String(validate=validate.OneOf(["open", "held", "paused"]))
    reason = fields.String(allow_none=True)
    until = fields.AwareDateTime(allow_none=True, metadata={"description": "wall time, when paused"})


class InstallationOut(Out):
    id = fields.UUID()
    mailer = fields.String()
    sending = fields.Nested(SendingOut)
    speed = fields.Float(metadata={"description": "how many times faster engine time runs"})
    now = fields.AwareDateTime(metadata={"description": "engine time"})
    pulse_at = fields.AwareDateTime(allow_none=True, metadata={"description": "the engine's last sign of life"})
