"""Who is signed in, and how things stand: what the app asks first, and again while it is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import request

from funnel import sessions
from funnel.api.auth import may, requires
from funnel.api.blueprint import Blueprint
from funnel.crm import installation
from funnel.crm.sending import sending
from funnel.doors import current, in_transaction
from funnel.schemas.session import SessionOut

#: wall time without a heartbeat after which a person should look; a pulse beats every ten seconds
SILENT = timedelta(minutes=1)

blueprint = Blueprint("session", __name__, description="The app's own first question.")


@blueprint.route("/session")
@requires("installation:read")
@blueprint.response(200, SessionOut)
def read_session() -> dict[str, Any]:
    """Who asks, the token for writes by session, engine time, whether mail may leave."""
    context = current()
    row, wall = in_transaction(installation.read), context.wall()
    here = None if "Authorization" in request.headers else sessions.signed_in()
    return {
        "user": here.user if here else None,
        "may": may(),
        "second_factor_needed": bool(here and here.lacks_factor),
        "csrf": sessions.csrf_token() if here else None,
        "now": context.now(),
        "speed": context.clock.speed,
        "sending": sending(row, wall),
        "engine_silent": is_silent(row.pulse_at, wall),
        "rooms": {"mailbox": context.settings.mailer == "mailbox"},
    }


def is_silent(pulse_at: datetime | None, wall: datetime) -> bool:
    """Whether nobody hands out work: no pulse ever, or none for a while."""
    return pulse_at is None or wall - pulse_at > SILENT
