"""How this installation stands: may it send, how fast does its clock run."""

from __future__ import annotations

from typing import Any

from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.crm import installation
from funnel.crm.sending import sending
from funnel.doors import current, in_transaction
from funnel.schemas.installation import InstallationOut

blueprint = Blueprint("installation", __name__, description="The service itself.")


@blueprint.route("/installation")
@requires("installation:read")
@blueprint.response(200, InstallationOut)
def read_installation() -> dict[str, Any]:
    """State of sending, speed of the engine's clock."""
    context = current()
    row = in_transaction(installation.read)
    return {
        "id": row.id,
        "mailer": context.settings.mailer,
        "sending": sending(row, context.wall()),
        "speed": context.clock.speed,
        "now": context.now(),
        "pulse_at": row.pulse_at,
    }
