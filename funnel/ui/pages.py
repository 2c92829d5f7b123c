"""Pages about leads and their mail."""

from __future__ import annotations

from typing import TypeVar

from flask import abort, g, render_template, request
from sqlalchemy.orm import Session

from funnel import extensions
from funnel.crm import lead_list, leads, mailbox, timeline
from funnel.crm.keyset import Place
from funnel.doors import engine_now, in_transaction
from funnel.schemas import common
from funnel.ui.blueprint import Pages

T = TypeVar("T")
PAGE = 50
SEARCH = 200


def list_leads() -> str:
    search, place = request.args.get("search", "")[:SEARCH].replace("\x00", ""), _place()
    filters = lead_list.Filters(search=search or None)
    page = in_transaction(lambda session: lead_list.page(session, filters, after=place, limit=PAGE))
    return render_template(
        "ui/leads.html", leads=page.items, search=search, place=place, next=common.written(page.next)
    )


def read_lead(lead_id: int) -> str:
    now = engine_now()

    def read(session: Session) -> str:
        lead = _found(leads.lead_by_id(session, lead_id))
        story = timeline.page(session, lead_id, after=_place(), limit=PAGE)
        panels = [panel(session, lead_id, now) for panel in extensions.here().lead_panels]
        return render_template(
            "ui/lead.html", lead=lead, story=story.items, panels=panels, next=common.written(story.next)
        )

    return in_transaction(read)


def list_mail() -> str:
    to, place = request.args.get("to", "")[:320].replace("\x00", ""), _place()
    page = in_transaction(lambda session: mailbox.page(session, to=to or None, after=place, limit=PAGE))
    return render_template("ui/mailbox.html", mails=page.items, to=to, place=place, next=common.written(page.next))


def read_mail(mail_id: int) -> str:
    mail = _found(in_transaction(lambda session: mailbox.find(session, mail_id)))
    g.inline_styles = True
    return render_template("ui/mail.html", mail=mail)


def add_to(door: Pages) -> None:
    """The addresses of this part."""
    number = f"<int(max={common.LARGEST_ID}):{{}}>"
    door.add_url_rule("/leads", view_func=list_leads)
    door.add_url_rule(f"/leads/{number.format('lead_id')}", view_func=read_lead)
    door.add_url_rule("/mailbox", view_func=list_mail)
    door.add_url_rule(f"/mailbox/{number.format('mail_id')}", view_func=read_mail)


def _place() -> Place | None:
    """Where the page asked for starts; a cursor that is none of ours is an address that does not exist."""
    cursor = request.args.get("cursor")
    if not cursor:
        return None
    try:
        return common.read(cursor)
    except ValueError:
        abort(404)


def _found(row: T | None) -> T:
    if row is None:
        abort(404)
    return row
