"""Goals: what leads should come to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.exceptions import NotFound

from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.revisions import Revised, needed, refuse_stale, revised, with_revision
from funnel.crm import goals
from funnel.crm.errors import StaleError, TakenError
from funnel.doors import current, engine_now, in_transaction
from funnel.models import Goal
from funnel.schemas.common import ErrorOut
from funnel.schemas.conversion import GoalChangeIn, GoalIn, GoalOut, GoalsOut

blueprint = Blueprint("goals", __name__, description="What leads should come to.")


@blueprint.route("/goals")
@requires("goals:read")
@blueprint.response(200, GoalsOut)
def list_goals() -> dict[str, Any]:
    """All goals, in the order of their keys."""
    return {"items": in_transaction(goals.goals)}


@blueprint.route("/goals", methods=["POST"])
@revised
@requires("goals:write")
@blueprint.arguments(GoalIn)
@blueprint.response(201, GoalOut)
def create_goal(told: dict[str, Any]) -> Revised[Goal]:
    """A new goal. With a stage, leads that come there from now on have reached it."""
    now = engine_now()
    with _refusals(), current().database.transaction() as session:
        return _revised(goals.create(session, told, now), 201)


@blueprint.route("/goals/<key>")
@revised
@requires("goals:read")
@blueprint.response(200, GoalOut)
def read_goal(key: str) -> Revised[Goal]:
    """One goal."""
    return _revised(in_transaction(lambda session: goals.by_key(session, key)))


@blueprint.route("/goals/<key>", methods=["PUT"])
@revised
@requires("goals:write")
@blueprint.arguments(GoalChangeIn)
@blueprint.response(200, GoalOut)
def change_goal(told: dict[str, Any], key: str) -> Revised[Goal]:
    """Say it anew. Conversions that were told stay as they are."""
    revisions, now = needed(), engine_now()
    with _refusals(), current().database.transaction() as session:
        return _revised(goals.change(session, key, told, now, revisions))


@blueprint.route("/goals/<key>", methods=["DELETE"])
@requires("goals:write")
@blueprint.response(204)
@blueprint.alt_response(409, schema=ErrorOut, description="Leads have reached it.")
def remove_goal(key: str) -> None:
    """Delete a goal that nobody has reached."""
    with _refusals():
        if not in_transaction(lambda session: goals.remove(session, key)):
            raise NotFound("There is no such goal.")


def _revised(goal: Goal | None, status: int = 200) -> Revised[Goal]:
    if goal is None:
        raise NotFound("There is no such goal.")
    return with_revision(goal, goal.revision, status)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except TakenError as error:
        refuse(409, "taken", str(error), {"key": [str(error)]})
    except StaleError:
        refuse_stale()
    except goals.UnknownStageError:
        refuse(422, "invalid", "The request is not valid.", {"stage": ["There is no such stage."]})
    except goals.TooManyGoalsError:
        refuse(409, "too_many", f"There may be {goals.MOST} goals.")
    except goals.HasConversionsError:
        refuse(409, "has_conversions", "Leads have reached this goal: it stays, so that what they did can be told.")
