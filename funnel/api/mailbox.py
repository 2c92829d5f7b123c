"""The local mailbox."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import NotFound

from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.crm import mailbox
from funnel.crm.keyset import Page
from funnel.doors import in_transaction
from funnel.models import MailboxMail
from funnel.schemas.common import LARGEST_ID
from funnel.schemas.mailbox import MailboxOut, MailOut, MailQuery

blueprint = Blueprint("mailbox", __name__, description="Mail of an installation without a provider.")


@blueprint.route("/mailbox")
@requires("mailbox:read")
@blueprint.arguments(MailQuery, location="query")
@blueprint.response(200, MailboxOut)
def read_mailbox(query: dict[str, Any]) -> Page[MailboxMail]:
    """The latest mails, told in the order they came: oldest first. `next_cursor` leads to the ones before them."""
    to, after, limit = query.get("to"), query.get("cursor"), query["limit"]
    page = in_transaction(lambda session: mailbox.page(session, to=to, after=after, limit=limit))
    return Page(page.items[::-1], page.next)


@blueprint.route(f"/mailbox/<int(max={LARGEST_ID}):mail_id>")
@requires("mailbox:read")
@blueprint.response(200, MailOut)
def read_mail(mail_id: int) -> MailboxMail:
    """One mail."""
    mail = in_transaction(lambda session: mailbox.find(session, mail_id))
    if mail is None:
        raise NotFound("There is no such mail.")
    return mail
