"""Leads written: one made, one edited, a thousand upserted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from funnel import auditing
from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import flat, refuse
from funnel.api.leads import LEAD, found
from funnel.crm import lead_addresses, lead_edits, leads, scores
from funnel.crm.errors import KnownLeadError
from funnel.crm.lead_changes import TooMuchError
from funnel.crm.lead_edits import Origin, Outcome, Told
from funnel.doors import current, engine_now, in_transaction
from funnel.schemas.common import ErrorOut
from funnel.schemas.lead import LeadOut
from funnel.schemas.lead_edit import BatchIn, BatchOut, LeadIn, LeadPatch

#: bytes of a batch
BATCH_LIMIT = 8 * 1024 * 1024

blueprint = Blueprint("lead_edits", __name__, description="People in the CRM, written.", body_limit=BATCH_LIMIT)


@blueprint.route("/leads", methods=["POST"])
@requires("leads:write")
@blueprint.arguments(LeadIn)
@blueprint.response(201, LeadOut)
@blueprint.alt_response(409, schema=ErrorOut, description="A lead has this address already; the message names its id.")
def create_lead(told: dict[str, Any]) -> dict[str, Any]:
    """A new lead. It has agreed to nothing yet: mail needs its consent."""
    now, origin = engine_now(), Origin(caller())

    def work(session: Session) -> dict[str, Any]:
        lead_id = lead_edits.create(session, Told(told["email"], told["edit"]), origin, now)
        auditing.about(f"leads/{lead_id}")
        return scores.as_of(session, [found(leads.lead_by_id(session, lead_id))], now)[0]

    return _or_refused(lambda: _once(work))


@blueprint.route(LEAD, methods=["PATCH"])
@requires("leads:write")
@blueprint.arguments(LeadPatch)
@blueprint.response(200, LeadOut)
@blueprint.alt_response(404, schema=ErrorOut, description="There is no such lead.")
@blueprint.alt_response(409, schema=ErrorOut, description="Another lead has this address; the message names its id.")
def edit_lead(told: dict[str, Any], lead_id: int) -> dict[str, Any]:
    """Change what is told; the rest stays. A new address takes the lead's consents with it only if you vouch for it."""
    now, origin = engine_now(), Origin(caller())

    def work(session: Session) -> dict[str, Any]:
        outcome = lead_edits.edit(session, {lead_id: told["edit"]}, origin, now).get(lead_id)
        if outcome is not None and outcome.errors:
            _refuse_edit(outcome.errors)
        if outcome is not None and (email := told.get("email")):
            lead_addresses.change(session, lead_id, email, origin, now, keep_consents=told["keep_consents"])
        return scores.as_of(session, [found(leads.lead_by_id(session, lead_id))], now)[0]

    return _or_refused(lambda: in_transaction(work))


@blueprint.route("/leads/batch", methods=["POST"])
@requires("leads:write")
@blueprint.arguments(BatchIn)
@blueprint.response(200, BatchOut)
def upsert_leads(batch: dict[str, Any]) -> dict[str, Any]:
    """Make or edit up to 1,000 leads by their addresses. Rows that are refused leave the others alone."""
    now, origin, fill = engine_now(), Origin(caller()), batch["fields"] == "fill"
    rows = [_row(row, fill) for row in batch["leads"]]
    told = [row for row in rows if isinstance(row, Told)]
    outcomes = iter(in_transaction(lambda session: lead_edits.upsert(session, told, origin, now)))
    items = [_item(row, next(outcomes)) if isinstance(row, Told) else row for row in rows]
    words = ("created", "updated", "unchanged", "refused")
    return {word: sum(item["result"] == word for item in items) for word in words} | {"items": items}


def _row(row: Mapping[str, Any], fill: bool) -> Told | dict[str, Any]:
    """What is told of one lead, or the item that refuses it."""
    try:
        told = LeadIn().load(row)
    except ValidationError as error:
        return {"email": None, "id": None, "result": "refused", "errors": dict(flat(error.messages))}
    return Told(told["email"], replace(told["edit"], fill=fill))


def _item(row: Told, outcome: Outcome) -> dict[str, Any]:
    return {"email": row.email, "id": outcome.lead_id, "result": outcome.result, "errors": outcome.errors or {}}


def _once(work: Callable[[Session], dict[str, Any]]) -> dict[str, Any]:
    """Not repeated after a lost connection: a lead that was made unseen would look like somebody else's."""
    with current().database.transaction() as session:
        return work(session)


def _or_refused(answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return answer()
    except KnownLeadError as error:
        message = f"Lead {error.lead_id} has this address."
        refuse(409, "known_lead", message, {"email": [message]})
    except TooMuchError as error:
        _refuse_edit({error.part: [str(error)]})


def _refuse_edit(errors: Mapping[str, Sequence[str]]) -> NoReturn:
    refuse(422, "invalid", "The request is not valid.", {part: list(texts) for part, texts in errors.items()})
