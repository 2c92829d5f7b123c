"""How mature one lead is, and why: its score, its stage; and moving it by hand."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.leads import LEAD, found
from funnel.crm import lead_stages, leads, scores
from funnel.doors import current, engine_now, in_transaction
from funnel.schemas.maturity import ScoreOut, ScoreQuery, StageIn, StageOfLeadOut

blueprint = Blueprint("maturity", __name__, description="How mature a lead is, and why.")


@blueprint.route(f"{LEAD}/score")
@requires("leads:read")
@blueprint.arguments(ScoreQuery, location="query")
@blueprint.response(200, ScoreOut)
def read_score(query: dict[str, Any], lead_id: int) -> scores.Why:
    """A lead's score at a moment, with every rule that gave or took points and what is left of them."""
    at = query.get("at") or engine_now()

    def work(session: Session) -> scores.Why:
        found(leads.lead_by_id(session, lead_id))
        return scores.why(session, lead_id, at)

    return in_transaction(work)


@blueprint.route(f"{LEAD}/stage")
@requires("leads:read")
@blueprint.response(200, StageOfLeadOut)
def read_stage(lead_id: int) -> lead_stages.StageOf:
    """A lead's stage, how it came there, and what rules saw when they moved it."""
    now = engine_now()
    return in_transaction(lambda session: lead_stages.read(session, found(leads.lead_by_id(session, lead_id)), now))


@blueprint.route(f"{LEAD}/stage", methods=["PUT"])
@requires("leads:write")
@blueprint.arguments(StageIn)
@blueprint.response(200, StageOfLeadOut)
def move_lead(asked: dict[str, Any], lead_id: int) -> lead_stages.StageOf:
    """Put a lead on a rung by hand. Rules leave it there for 30 days, or until `hold_until`."""
    now, by = engine_now(), caller()
    try:
        with current().database.transaction() as session:
            if not lead_stages.move(session, lead_id, asked["stage"], now, by, asked.get("hold_until")):
                raise NotFound("There is no such lead.")
            return lead_stages.read(session, found(leads.lead_by_id(session, lead_id)), now)
    except lead_stages.UnknownStageError:
        refuse(422, "invalid", "The request is not valid.", {"stage": ["There is no such stage."]})
    except lead_stages.HoldTooLongError:
        refuse(422, "invalid", "The request is not valid.", {"hold_until": ["Must be at most ten years ahead."]})
