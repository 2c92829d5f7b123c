"""One thing done with many leads, as a job."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden

from funnel import extensions
from funnel.api.auth import caller, requires, scopes
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.crm import bulk, bulk_actions, tokens
from funnel.doors import current, engine_now, in_transaction
from funnel.models import Job
from funnel.schemas.bulk import NEEDS, BulkCountIn, BulkCountOut, BulkIn
from funnel.schemas.job import JobOut

blueprint = Blueprint("bulk", __name__, description="One thing done with many leads.")


@blueprint.route("/leads/bulk/count", methods=["POST"])
@requires("leads:read")
@blueprint.arguments(BulkCountIn)
@blueprint.response(200, BulkCountOut)
def count_bulk(asked: dict[str, Any]) -> dict[str, int]:
    """With how many leads something would be done now."""
    fit = bulk.Fit(asked["filter"]["filters"], engine_now())
    return {"count": in_transaction(lambda session: bulk.count(session, fit))}


@blueprint.route("/leads/bulk", methods=["POST"])
@requires("leads:write")
@blueprint.arguments(BulkIn)
@blueprint.response(202, JobOut)
def do_bulk(asked: dict[str, Any]) -> Job:
    """Do one thing with these leads, or with all that fit now. `/jobs/{id}` says how far it is, and cancels it.

    Its `result` counts those that were `changed`, were so already (`unchanged`), and by reason those that were
    `refused`. Entering sequences and being taken out needs the scope `sequences:write` as well.
    """
    action = {**bulk_actions.ACTIONS, **extensions.here().bulk_actions}.get(asked["action"])
    if action is None:
        refuse(422, "invalid", "The request is not valid.", {"action": ["Nothing here can do that."]})
    if action.scope and not tokens.allows(scopes(), action.scope):
        raise Forbidden(f"This needs the scope {action.scope}, too.")
    chosen = asked["leads"] if "leads" in asked else bulk.Fit(asked["filter"]["filters"], engine_now())
    needed, wall, by = NEEDS[asked["action"]], current().wall(), caller()

    def work(session: Session) -> Job:
        action.check(session, asked)
        return bulk.ask(session, chosen, {"action": asked["action"], needed: asked[needed]}, by, wall)

    try:
        return in_transaction(work)
    except bulk.RefusedError as error:
        refuse(422, "invalid", "The request is not valid.", {error.field: [str(error)]})
