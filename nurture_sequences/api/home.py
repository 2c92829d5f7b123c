"""Door for programs: the numbers of the app's first screen, each from one cheap, indexed query."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from funnel.api.auth import requires
from funnel.crm import lead_list, webhooks
from funnel.doors import engine_now, in_transaction
from nurture_sequences import overview
from nurture_sequences.api.blueprint import blueprint
from nurture_sequences.gauges import MOST, count_queued, count_unknown
from nurture_sequences.schemas import OverviewOut


@blueprint.route("/overview")
@requires("leads:read")
@blueprint.response(200, OverviewOut)
def read_overview() -> dict[str, Any]:
    """New leads, mail under way, and what waits for a person."""
    now = engine_now()

    def read(session: Session) -> dict[str, Any]:
        return {
            "leads_day": lead_list.count_since(session, now - timedelta(days=1), MOST),
            "leads_week": lead_list.count_since(session, now - timedelta(days=7), MOST),
            "mails_queued": count_queued(session),
            "mails_unknown": count_unknown(session),
            "stuck": overview.stuck(session, MOST),
            "facts_failed": overview.failed_facts(session, MOST),
            "webhooks_stopped": webhooks.stopped(session),
            "most": MOST,
        }

    return in_transaction(read)
