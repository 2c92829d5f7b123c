"""Who uses the app, and what the app must know before it shows anything."""

from __future__ import annotations

from marshmallow import fields

from funnel.schemas.common import Out
from funnel.schemas.installation import SendingOut
from funnel.schemas.user import UserOut


class RoomsOut(Out):
    """Parts of the app that only some installations have."""

    mailbox = fields.Boolean(metadata={"description": "mail stays here and can be read"})


class SessionOut(Out):
    user = fields.Nested(UserOut, allow_none=True, metadata={"description": "null for a program with a token"})
    may = fields.List(
        fields.String(),
        metadata={"description": "each scope that the role of this person, or this token, includes"},
    )
    second_factor_needed = fields.Boolean(
        metadata={"description": "nothing but the own account opens before this person has set up a second factor"}
    )
    csrf = fields.String(
        allow_none=True, metadata={"description": "what a write by session sends in the header X-CSRF-Token"}
    )
    now = fields.AwareDateTime(metadata={"description": "engine time"})
    speed = fields.Float(metadata={"description": "how many times faster engine time runs"})
    sending = fields.Nested(SendingOut)
    engine_silent = fields.Boolean(metadata={"description": "whether no pulse has been heard of lately"})
    rooms = fields.Nested(RoomsOut)
