"""Fillings of forms that were held as suspicious: looked at, let in, thrown away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.crm import held
from funnel.doors import in_transaction
from funnel.schemas.held import MOST, DecidedOut, HeldIn, HeldListOut

blueprint = Blueprint("held", __name__, description="Fillings of forms that wait for a person.")


@blueprint.route("/submissions/held")
@requires("leads:read")
@blueprint.response(200, HeldListOut)
def list_held() -> dict[str, Any]:
    """The newest fillings that were held as suspicious. As they are decided on, older ones follow."""
    found = in_transaction(lambda session: held.newest(session, limit=MOST + 1))
    return {"items": found[:MOST], "more": len(found) > MOST}


@blueprint.route("/submissions/held/accept", methods=["POST"])
@requires("leads:write")
@blueprint.arguments(HeldIn)
@blueprint.response(200, DecidedOut)
def accept_held(told: dict[str, Any]) -> dict[str, int]:
    """Let them in as if they had never been held, at the time each was sent."""
    return _decide(told["ids"], held.accept)


@blueprint.route("/submissions/held/discard", methods=["POST"])
@requires("leads:write")
@blueprint.arguments(HeldIn)
@blueprint.response(200, DecidedOut)
def discard_held(told: dict[str, Any]) -> dict[str, int]:
    """Throw them away. What was typed is deleted."""
    return _decide(told["ids"], held.discard)


def _decide(ids: list[UUID], verb: Callable[[Session, UUID], bool]) -> dict[str, int]:
    """One after the other in one transaction, in one order, so that two people never wait for each other."""
    return {"done": in_transaction(lambda session: sum(verb(session, one) for one in sorted(set(ids))))}
