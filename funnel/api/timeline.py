"""A lead's story."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.leads import LEAD, found
from funnel.crm import leads, timeline
from funnel.crm.keyset import Page
from funnel.doors import in_transaction
from funnel.models import Event
from funnel.schemas.common import PageQuery
from funnel.schemas.lead import TimelineOut

blueprint = Blueprint("timeline", __name__, description="What happened to a lead.")


@blueprint.route(f"{LEAD}/timeline")
@requires("leads:read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, TimelineOut)
def read_timeline(query: dict[str, Any], lead_id: int) -> Page[Event]:
    """The facts of a lead, newest first."""

    def read(session: Session) -> Page[Event]:
        found(leads.lead_by_id(session, lead_id))
        return timeline.page(session, lead_id, after=query.get("cursor"), limit=query["limit"])

    return in_transaction(read)
