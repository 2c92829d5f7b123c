"""The rights of a person: everything that is kept of it in one file, and its erasure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from funnel import auditing, extensions, restoring
from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.leads import LEAD, found
from funnel.crm import archives, erasing, leads, retention
from funnel.crm.erasing import Erased, Order
from funnel.crm.keyset import Page
from funnel.crm.personal_data import Holding, People, of_addresses, people
from funnel.doors import current, engine_now, in_transaction
from funnel.models import Erasure
from funnel.schemas.common import ErrorOut, PageQuery
from funnel.schemas.privacy import AddressIn, EraseAddressIn, ErasedOut, EraseLeadIn, ErasurePageOut, FoundOut

ZIP = "application/zip"
FILE = {"type": "string", "format": "binary"}

blueprint = Blueprint("privacy", __name__, description="The rights of a person.")


@blueprint.route(f"{LEAD}/archive.zip")
@requires("privacy:read")
@blueprint.response(200, schema=FILE, content_type=ZIP)
def export_lead(lead_id: int) -> Response:
    """Everything that is kept of one lead: JSON, and the same as CSV tables. Also what its addresses alone tell."""

    def work(session: Session) -> bytes:
        found(leads.lead_by_id(session, lead_id))
        auditing.note(session, caller(), "export_lead", f"leads/{lead_id}")
        return _archive(session, people(session, _holdings(), [lead_id], _key()))

    return _file(in_transaction(work), f"lead-{lead_id}.zip")


@blueprint.route(f"{LEAD}/erase", methods=["POST"])
@requires("privacy:write")
@blueprint.arguments(EraseLeadIn)
@blueprint.response(200, ErasedOut)
@blueprint.alt_response(409, schema=ErrorOut, description="A mail to this person is on the wire.")
def erase_lead(asked: dict[str, Any], lead_id: int) -> Erased:
    """Erase a lead for good: all that tells who it was. Numbers stay in reports; nobody can undo this.

    409 while a mail to it is on the wire.
    """
    if asked.pop("confirm") != lead_id:
        refuse(422, "invalid", "The request is not valid.", {"confirm": [f"Must be {lead_id}, as in the address."]})

    def work(session: Session, order: Order) -> Erased:
        found(leads.lead_by_id(session, lead_id))
        return erasing.erase(session, _holdings(), [lead_id], order, engine_now(), _key())

    return _erased(work, Order(by=caller(), **asked))


@blueprint.route("/privacy/look-up", methods=["POST"])
@requires("privacy:read")
@blueprint.arguments(AddressIn)
@blueprint.response(200, FoundOut)
def look_up_address(asked: dict[str, str]) -> dict[str, Any]:
    """What there is of an address, whether a lead has it or not: how many rows of what."""

    def work(session: Session) -> dict[str, Any]:
        whom = _whom(session, asked["email"])
        auditing.note(session, caller(), "look_up_address", _subject(whom))
        archive = archives.read(session, _holdings(), whom, engine_now(), {})
        rows = {section: len(part) for section, part in archive.items() if isinstance(part, list) and part}
        return {"lead_id": next(iter(whom.leads), None), "rows": rows}

    return in_transaction(work)


@blueprint.route("/privacy/archive", methods=["POST"])
@requires("privacy:read")
@blueprint.arguments(AddressIn)
@blueprint.response(200, schema=FILE, content_type=ZIP)
def export_address(asked: dict[str, str]) -> Response:
    """Everything that is kept of an address, whether a lead has it or not."""

    def work(session: Session) -> bytes:
        whom = _whom(session, asked["email"])
        auditing.note(session, caller(), "export_lead" if whom.leads else "export_address", _subject(whom))
        return _archive(session, whom)

    return _file(in_transaction(work), "archive.zip")


@blueprint.route("/privacy/erase", methods=["POST"])
@requires("privacy:write")
@blueprint.arguments(EraseAddressIn)
@blueprint.response(200, ErasedOut)
@blueprint.alt_response(409, schema=ErrorOut, description="A mail to this person is on the wire.")
def erase_address(asked: dict[str, Any]) -> Erased:
    """Erase whoever has this address, lead or not, for good."""
    email = asked.pop("email")
    if asked.pop("confirm").strip().lower() != email.strip().lower():
        refuse(422, "invalid", "The request is not valid.", {"confirm": ["Must be the same address."]})

    def work(session: Session, order: Order) -> Erased:
        lead = leads.lead_by_email(session, email)
        if lead is None:
            return erasing.erase_address(session, _holdings(), email, order, engine_now(), _key())
        auditing.about(f"leads/{lead.id}")
        return erasing.erase(session, _holdings(), [lead.id], order, engine_now(), _key())

    return _erased(work, Order(by=caller(), **asked))


@blueprint.route("/privacy/erasures")
@requires("privacy:read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ErasurePageOut)
def list_erasures(query: dict[str, Any]) -> Page[Erasure]:
    """Who was erased, by number, the newest first."""
    after, limit = query.get("cursor"), query["limit"]
    return in_transaction(lambda session: erasing.page(session, after=after, limit=limit))


def _erased(work: Callable[[Session, Order], Erased], order: Order) -> Erased:
    context = current()
    with _refusals(), context.database.transaction() as session:
        done = work(session, order)
    restoring.write_down(context, done.erasures)
    return done


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except erasing.BusyError:
        refuse(409, "on_the_wire", "A mail to this person is leaving at this moment. Try again in half a minute.")


def _whom(session: Session, email: str) -> People:
    lead = leads.lead_by_email(session, email)
    return people(session, _holdings(), [lead.id], _key()) if lead else of_addresses({email}, _key())


def _subject(whom: People) -> str:
    return f"leads/{whom.leads[0]}" if whom.leads else "addresses"


def _archive(session: Session, whom: People) -> bytes:
    settings = current().settings
    about = {
        "controller": {"service": settings.public_url, "sender": settings.mail_from},
        # Who carried the mails, and so got to know address, subject and text.
        "mail_provider": settings.mailer,
        "retention": _kept(session),
    }
    return archives.zipped(archives.read(session, _holdings(), whom, engine_now(), about))


def _kept(session: Session) -> dict[str, Any]:
    policy = retention.read(session)
    return {
        "months_after_the_last_contact": policy.leads_months,
        "except_stages": policy.except_stages,
        "in_force_since": policy.confirmed_at,
    }


def _file(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=ZIP, headers=headers)


def _holdings() -> Sequence[Holding]:
    return extensions.here().holdings


def _key() -> bytes:
    return current().settings.fingerprint_key
