"""Leads in sequences: who is inside, entering and taking out by hand, where one lead stands; and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from funnel.api.auth import requires
from funnel.api.errors import refuse
from funnel.api.leads import LEAD, found
from funnel.crm import leads
from funnel.crm.keyset import Page
from funnel.doors import current, engine_now, in_transaction
from funnel.schemas.common import LARGEST_ID
from nurture_sequences import by_hand, overview, simulation
from nurture_sequences import schemas as shapes
from nurture_sequences.api.blueprint import SEQUENCE, blueprint, refusals
from nurture_sequences.simulate import UnknownArmError


@blueprint.route(f"{SEQUENCE}/enrollments")
@requires("leads:read")
@blueprint.arguments(shapes.InsideQuery, location="query")
@blueprint.response(200, shapes.InsideOut)
def list_inside(query: dict[str, Any], key: str) -> Page[Any]:
    """The leads inside, in the order in which they entered."""
    after, limit = query.pop("cursor", None), query.pop("limit")
    with refusals():
        return in_transaction(lambda session: overview.inside(session, key, after=after, limit=limit, **query))


@blueprint.route(f"{SEQUENCE}/enrollments", methods=["POST"])
@requires("sequences:write")
@blueprint.arguments(shapes.EnrollIn)
@blueprint.response(201, shapes.EnrolledOut)
def enroll_lead(lead: dict[str, Any], key: str) -> dict[str, int]:
    """Enter one lead by hand."""
    now = engine_now()
    with refusals(), current().database.transaction() as session:
        return {"id": by_hand.enroll(session, key, now, **lead)}


@blueprint.route(f"{SEQUENCE}/enrollments/<int(max={LARGEST_ID}):enrollment_id>", methods=["DELETE"])
@requires("sequences:write")
@blueprint.response(204)
def take_out(key: str, enrollment_id: int) -> None:
    """Take one lead out. A mail that waits is then not sent any more."""
    now = engine_now()
    with refusals(), current().database.transaction() as session:
        by_hand.take_out(session, key, enrollment_id, now)


@blueprint.route(f"{SEQUENCE}/simulate", methods=["POST"])
@requires("leads:read")
@blueprint.arguments(shapes.SimulateIn)
@blueprint.response(200, shapes.SimulatedOut)
def simulate_lead(asked: dict[str, Any], key: str) -> simulation.Simulated:
    """What a sequence would do to a lead, by the engine's own rules on a clock of its own. Nothing is sent."""
    start, number = asked.pop("start_at", None) or engine_now(), asked.pop("version")
    what = simulation.Asked(start, number, **asked)
    fingerprint_key = current().settings.fingerprint_key
    try:
        with refusals():
            return in_transaction(lambda session: simulation.run(session, key, what, fingerprint_key))
    except UnknownArmError as error:
        refuse(422, "invalid", "The request is not valid.", {"answers": [str(error)]})


@blueprint.route(f"{LEAD}/enrollments")
@requires("leads:read")
@blueprint.response(200, shapes.EnrollmentsOut)
def read_enrollments(lead_id: int) -> dict[str, Sequence[Any]]:
    """Where a lead stands in each sequence it entered, newest first."""

    def work(session: Session) -> dict[str, Sequence[Any]]:
        found(leads.lead_by_id(session, lead_id))
        return {"items": overview.enrollments(session, lead_id)}

    return in_transaction(work)
