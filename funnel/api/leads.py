"""Leads: the list and one."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.crm import lead_list, lead_orders, leads, scores
from funnel.doors import engine_now, in_transaction
from funnel.models import Lead
from funnel.schemas.common import LARGEST_ID
from funnel.schemas.lead import LeadOut, StagesOut
from funnel.schemas.lead_list import LeadPageOut, LeadQuery

blueprint = Blueprint("leads", __name__, description="People in the CRM.")

#: larger numbers are not ids: the address is unknown
LEAD = f"/leads/<int(max={LARGEST_ID}):lead_id>"


@blueprint.route("/leads")
@requires("leads:read")
@blueprint.arguments(LeadQuery, location="query")
@blueprint.response(200, LeadPageOut)
def list_leads(query: dict[str, Any]) -> dict[str, Any]:
    """Leads, searched and filtered, in one of five orders."""
    now = engine_now()

    def work(session: Session) -> dict[str, Any]:
        page = lead_list.page(
            session, query["filters"], now, sort=query["sort"], after=query["cursor"], limit=query["limit"]
        )
        return vars(page) | {"items": scores.as_of(session, page.items, now)}

    try:
        return in_transaction(work)
    except lead_orders.GoneError:
        refuse(422, "invalid", "The request is not valid.", {"cursor": ["Its lead is no more: begin the list anew."]})


@blueprint.route(LEAD)
@requires("leads:read")
@blueprint.response(200, LeadOut)
def read_lead(lead_id: int) -> dict[str, Any]:
    """One lead."""
    now = engine_now()

    def work(session: Session) -> dict[str, Any]:
        return scores.as_of(session, [found(leads.lead_by_id(session, lead_id))], now)[0]

    return in_transaction(work)


@blueprint.route("/stages")
@requires("leads:read")
@blueprint.response(200, StagesOut)
def list_stages() -> dict[str, Any]:
    """The maturity ladder, from its foot."""
    return {"items": in_transaction(lead_list.stages)}


def found(lead: Lead | None) -> Lead:
    """Raises NotFound for nobody."""
    if lead is None:
        raise NotFound("There is no such lead.")
    return lead
