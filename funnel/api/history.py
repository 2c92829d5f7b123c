"""What is kept about a lead: consents, touches, submissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.leads import LEAD, found
from funnel.crm import history, leads
from funnel.crm.keyset import Page
from funnel.doors import in_transaction
from funnel.schemas.common import PageQuery
from funnel.schemas.history import ConsentsOut, SubmissionQuery, SubmissionsOut, TouchesOut

T = TypeVar("T")

blueprint = Blueprint("history", __name__, description="What is kept about a lead.")


@blueprint.route(f"{LEAD}/consents")
@requires("leads:read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ConsentsOut)
def read_consents(query: dict[str, Any], lead_id: int) -> Page[Any]:
    """What a lead agreed to, refused and withdrew, with the proof, newest first."""
    after, limit = query.get("cursor"), query["limit"]
    return _of_lead(lead_id, lambda session: history.consents(session, lead_id, after=after, limit=limit))


@blueprint.route(f"{LEAD}/touches")
@requires("leads:read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, TouchesOut)
def read_touches(query: dict[str, Any], lead_id: int) -> dict[str, Any]:
    """Where a lead came from, newest first, and the first time beside."""
    after, limit = query.get("cursor"), query["limit"]

    def read(session: Session) -> dict[str, Any]:
        page = history.touches(session, lead_id, after=after, limit=limit)
        return {"first": history.first_touch(session, lead_id), "items": page.items, "next": page.next}

    return _of_lead(lead_id, read)


@blueprint.route(f"{LEAD}/submissions")
@requires("leads:read")
@blueprint.arguments(SubmissionQuery, location="query")
@blueprint.response(200, SubmissionsOut)
def read_submissions(query: dict[str, Any], lead_id: int) -> dict[str, Any]:
    """What a lead filled in, newest first."""
    return _of_lead(lead_id, lambda session: {"items": history.submissions(session, lead_id, limit=query["limit"])})


def _of_lead(lead_id: int, read: Callable[[Session], T]) -> T:
    def work(session: Session) -> T:
        found(leads.lead_by_id(session, lead_id))
        return read(session)

    return in_transaction(work)
