"""Who takes care of which lead, and by which rules new ones are shared out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.leads import LEAD, found
from funnel.api.users import USER
from funnel.api.users import found as found_user
from funnel.crm import assignment, handing_over, leads, owners, scores
from funnel.doors import current, engine_now, in_transaction
from funnel.models import Job
from funnel.schemas.job import JobOut
from funnel.schemas.lead import LeadOut
from funnel.schemas.work import AssignmentIn, AssignmentOut, HandOverIn, OwnerIn

blueprint = Blueprint("owners", __name__, description="Who takes care of leads.")


@contextmanager
def only_active(field: str) -> Iterator[None]:
    """Ends the request with 422 when somebody who may not sign in is given something."""
    try:
        yield
    except owners.NoOwnerError as error:
        messages = [f"User {one} is not there, or may not sign in." for one in error.ids]
        refuse(422, "invalid", "The request is not valid.", {field: messages})


@blueprint.route(f"{LEAD}/owner", methods=["PUT"])
@requires("leads:write")
@blueprint.arguments(OwnerIn)
@blueprint.response(200, LeadOut)
def assign_lead(asked: dict[str, Any], lead_id: int) -> dict[str, Any]:
    """Give a lead to somebody, or to nobody."""
    owner, now, by = asked["owner"], engine_now(), caller()
    with only_active("owner"), current().database.transaction() as session:
        if not leads.lock(session, lead_id):
            raise NotFound("There is no such lead.")
        owners.check(session, [owner] if owner else [])
        owners.assign(session, {lead_id: owner}, owners.BY_HAND, now, by)
        session.expire_all()
        return scores.as_of(session, [found(leads.lead_by_id(session, lead_id))], now)[0]


@blueprint.route(f"{USER}/hand-over", methods=["POST"])
@requires("users:write")
@blueprint.arguments(HandOverIn)
@blueprint.response(202, JobOut)
def hand_over(asked: dict[str, Any], user_id: int) -> Job:
    """Give what this person takes care of to somebody else, or to nobody: leads, and tasks that are still open.

    A job does it, for the leads and tasks of this moment; also for those of somebody who was removed.
    """
    wall, by = current().wall(), caller()

    def work(session: Session) -> Job:
        found_user(session, user_id)
        return handing_over.ask(session, user_id, asked["to"], by, wall)

    with only_active("to"):
        return in_transaction(work)


@blueprint.route("/assignment")
@requires("rules:read")
@blueprint.response(200, AssignmentOut)
def read_assignment() -> dict[str, Any]:
    """The rules by which new leads without an owner get one, in the order in which they are asked."""
    return {"rules": in_transaction(assignment.rules)}


@blueprint.route("/assignment", methods=["PUT"])
@requires("rules:write")
@blueprint.arguments(AssignmentIn)
@blueprint.response(200, AssignmentOut)
def write_assignment(asked: dict[str, Any]) -> dict[str, Any]:
    """Other rules. They hold for leads that come from now on; turns begin anew."""
    if problems := assignment.problems(asked["rules"]):
        refuse(422, "invalid", "The request is not valid.", problems)

    def work(session: Session) -> dict[str, Any]:
        for number, rule in enumerate(asked["rules"]):
            with only_active(f"rules.{number}.owners"):
                owners.check(session, rule["owners"])
        assignment.write(session, asked["rules"])
        return {"rules": assignment.rules(session)}

    return in_transaction(work)
