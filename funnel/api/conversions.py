"""Conversions: told, listed, withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NoReturn

from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel import auditing
from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.leads import LEAD, found
from funnel.crm import conversions, goals, leads
from funnel.crm.conversions import Told
from funnel.crm.keyset import Page
from funnel.doors import current, engine_now, in_transaction
from funnel.schemas.common import LARGEST_ID, ErrorOut, PageQuery
from funnel.schemas.conversion import ConversionIn, ConversionOut, ConversionQuery, ConversionsOut, WithdrawIn

blueprint = Blueprint("conversions", __name__, description="Goals that leads have reached.")

#: how far another machine's clock may be ahead of ours
AHEAD = timedelta(minutes=5)


@blueprint.route("/conversions")
@requires("conversions:read")
@blueprint.arguments(ConversionQuery, location="query")
@blueprint.response(200, ConversionsOut)
def list_conversions(query: dict[str, Any]) -> Page[Any]:
    """Conversions, the last told first, also those that were withdrawn."""
    wanted = {"goal": query.get("goal"), "after": query.get("cursor"), "limit": query["limit"]}
    return in_transaction(lambda session: conversions.page(session, **wanted))


@blueprint.route(f"{LEAD}/conversions")
@requires("conversions:read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ConversionsOut)
def list_conversions_of_lead(query: dict[str, Any], lead_id: int) -> Page[Any]:
    """The goals that a lead has reached, the last told first."""

    def work(session: Session) -> Page[Any]:
        found(leads.lead_by_id(session, lead_id))
        return conversions.page(session, lead_id=lead_id, after=query.get("cursor"), limit=query["limit"])

    return in_transaction(work)


@blueprint.route("/conversions", methods=["POST"])
@requires("conversions:write")
@blueprint.arguments(ConversionIn)
@blueprint.response(201, ConversionOut)
@blueprint.alt_response(200, schema=ConversionOut, description="It was told before; nothing was written.")
def tell_conversion(told: dict[str, Any]) -> tuple[Any, int]:
    """A lead reached a goal. Its `key` makes it one, however often it is told; without a value it has its goal's."""
    now, by = engine_now(), caller()
    at = told.get("at", now)
    if at > now + AHEAD:
        refuse(422, "invalid", "The request is not valid.", {"at": ["Must not lie ahead."]})
    one = Told(told["key"], at, by, told["value"], told["currency"])
    with current().database.transaction() as session:
        return _convert(session, told, one)


@blueprint.route(f"/conversions/<int(max={LARGEST_ID}):conversion_id>/withdraw", methods=["POST"])
@requires("conversions:write")
@blueprint.arguments(WithdrawIn)
@blueprint.response(200, ConversionOut)
@blueprint.alt_response(404, schema=ErrorOut, description="There is no such conversion.")
def withdraw_conversion(told: dict[str, Any], conversion_id: int) -> Any:
    """Take a conversion back, with the reason. It stays in the list, and counts no more."""
    now, by = engine_now(), caller()

    def work(session: Session) -> Any:
        if conversions.withdraw(session, conversion_id, told["reason"], now, by) is None:
            raise NotFound("There is no such conversion.")
        return conversions.by_id(session, conversion_id)

    return in_transaction(work)


def _convert(session: Session, told: dict[str, Any], one: Told) -> tuple[Any, int]:
    goal = goals.by_key(session, told["goal"])
    if goal is None:
        refuse(422, "invalid", "The request is not valid.", {"goal": ["There is no such goal."]})
    try:
        converted = conversions.convert(session, goal, _lead_id(session, told), one)
    except conversions.OtherConversionError:
        text = "Another conversion of this goal has this key: of another lead, or with another value."
        refuse(409, "taken", text, {"key": [text]})
    if converted is None:
        _refuse_lead()
    conversion, new = converted
    auditing.about(f"conversions/{conversion.id}")
    return conversions.by_id(session, conversion.id), 201 if new else 200


def _lead_id(session: Session, told: dict[str, Any]) -> int:
    if "lead_id" in told:
        return int(told["lead_id"])
    lead = leads.lead_by_email(session, told["email"])
    if lead is None:
        _refuse_lead()
    return lead.id


def _refuse_lead() -> NoReturn:
    refuse(422, "unknown_lead", "There is no such lead.")
