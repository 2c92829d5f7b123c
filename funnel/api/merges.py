"""Leads that are one person: merged, parted again, and found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, g, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel import extensions
from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.leads import LEAD, found
from funnel.crm import duplicates, leads, merges, scores, unmerges
from funnel.crm.errors import TakenError
from funnel.doors import current, engine_now, in_transaction
from funnel.models import Job, MergedLead
from funnel.schemas.common import ErrorOut
from funnel.schemas.job import JobOut
from funnel.schemas.lead import LeadOut
from funnel.schemas.merge import DuplicatesOut, MergedLeadsOut, MergeIn, UnmergeIn

blueprint = Blueprint("merges", __name__, description="Leads that are one person.")


@blueprint.route(f"{LEAD}/merge", methods=["POST"])
@requires("leads:write")
@blueprint.arguments(MergeIn)
@blueprint.response(200, LeadOut)
def merge_leads(asked: dict[str, Any], lead_id: int) -> dict[str, Any]:
    """Make other leads part of this one. Their ids and addresses lead to it; `unmerge` takes it back."""
    if lead_id in asked["others"]:
        refuse(422, "invalid", "The request is not valid.", {"others": ["A lead cannot be merged into itself."]})
    now, by, extra = engine_now(), caller(), extensions.here().followers
    try:
        with current().database.transaction() as session:
            merges.merge(session, lead_id, asked["others"], asked["fields_"], now, by, extra)
            return scores.as_of(session, [found(leads.lead_by_id(session, lead_id))], now)[0]
    except merges.UnknownLeadsError as error:
        if lead_id in error.ids:
            raise NotFound("There is no such lead.") from None
        messages = [f"There is no lead {one}." for one in error.ids]
        refuse(422, "invalid", "The request is not valid.", {"others": messages})


@blueprint.route(f"{LEAD}/unmerge", methods=["POST"])
@requires("leads:write")
@blueprint.arguments(UnmergeIn)
@blueprint.response(200, LeadOut)
@blueprint.alt_response(409, schema=ErrorOut, description="another lead has its address by now")
def unmerge_lead(asked: dict[str, Any], lead_id: int) -> dict[str, Any]:
    """Make a merged lead a lead of its own again, with all that it brought. What came since stays where it came."""
    other, now, by, extra = asked["lead"], engine_now(), caller(), extensions.here().followers
    try:
        with current().database.transaction() as session:
            found(leads.lead_by_id(session, lead_id))
            unmerges.unmerge(session, lead_id, other, now, by, extra)
            return scores.as_of(session, [found(leads.lead_by_id(session, other))], now)[0]
    except unmerges.NotMergedError:
        refuse(422, "invalid", "The request is not valid.", {"lead": [f"Lead {other} is no part of this one."]})
    except TakenError as error:
        refuse(409, "taken", str(error))


@blueprint.route(f"{LEAD}/merged")
@requires("leads:read")
@blueprint.response(200, MergedLeadsOut)
def list_merged(lead_id: int) -> dict[str, Sequence[MergedLead]]:
    """The leads that are part of this one, the last first."""

    def work(session: Session) -> dict[str, Sequence[MergedLead]]:
        found(leads.lead_by_id(session, lead_id))
        return {"items": merges.merged_into(session, lead_id)}

    return in_transaction(work)


@blueprint.route("/duplicates")
@requires("leads:read")
@blueprint.response(200, DuplicatesOut)
def list_duplicates() -> dict[str, Any]:
    """Leads that may be one person, as they were found when all were last compared."""
    now = engine_now()

    def work(session: Session) -> dict[str, Any]:
        known = duplicates.known(session)
        told = {one["id"]: one for one in scores.as_of(session, known.leads.values(), now)}
        items = [{"why": group.why, "leads": [told[lead] for lead in group.leads]} for group in known.groups]
        return {"looked_at": known.looked_at, "job": known.job, "items": items}

    return in_transaction(work)


@blueprint.route("/duplicates", methods=["POST"])
@requires("leads:write")
@blueprint.response(202, JobOut)
def find_duplicates() -> Job:
    """Compare all leads, as a job: by address as mailboxes read it, by phone, by name and company."""
    wall, by = current().wall(), caller()
    return in_transaction(lambda session: duplicates.look(session, by, wall))


def follow(response: Response) -> Response:
    """Whoever asks for a lead that was merged is told where it is now; the same request holds there.

    Only what was not found is looked up, so that nobody else waits for it.
    """
    lead_id = (request.view_args or {}).get("lead_id")
    if response.status_code != 404 or lead_id is None or request.endpoint is None:
        return response
    g.pop("audit", None)  # nobody was seen
    into = in_transaction(lambda session: leads.now_part_of(session, lead_id))
    if into is None:
        return response
    address = url_for(request.endpoint, **{**(request.view_args or {}), "lead_id": into})
    query = request.query_string.decode("ascii", "ignore")
    # Browsers remember a 308 for good unless they are told not to, and merges can be taken back.
    headers = {"Location": f"{address}?{query}" if query else address, "Cache-Control": "no-store"}
    return Response(status=308, headers=headers)
