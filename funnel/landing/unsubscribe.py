"""Door for recipients: out, at once or by purpose (RFC 8058, and a page for people at the same address).

No login, no cookie, no CSRF token: whoever holds the mail may leave, and mail providers post without any of these.
Opening the page changes nothing, since mail scanners open links.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel import links, spool
from funnel.crm import consents
from funnel.crm.leads import lead_known_as
from funnel.db import AWAY, is_time_out
from funnel.doors import current, in_transaction
from funnel.landing.door import door
from funnel.landing.late import Withdrawal
from funnel.landing.proof import proof
from funnel.landing.words import language, words

#: The field by which the page says that only what is ticked is meant. Any other post means all mail, since it may be a
#: mail provider's, and a recipient who is misunderstood must at least be left in peace.
NARROW = "only_ticked"


@door.get("/u/<token>")
def preferences(token: str) -> str:
    """What the recipient is subscribed to, a box for each, and the button."""
    lead_id, _ = _read(token)
    if not spool.here().away:
        try:
            return in_transaction(lambda session: _page(session, lead_id))
        except AWAY as error:
            if not is_time_out(error):
                spool.here().missed()
    # The database is away: what somebody is subscribed to cannot be told, leaving it all can be kept.
    return render_template("landing/unsubscribe.html", given=None, narrow=NARROW, w=words(), lang=language())


@door.post("/u/<token>")
def unsubscribe(token: str) -> str:
    """Withdraw all mail, or what is ticked. Answers 200 whatever was withdrawn before; never a redirect (RFC 8058)."""
    lead_id, message_id = _read(token)
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    ticked = list(request.form) if NARROW in request.form and not one_click else None
    told = Withdrawal(lead_id, message_id, ticked, proof("one-click" if one_click else "preferences"))
    changed = spool.here().do("withdrawal", str(uuid4()), told)
    if changed is None:
        raise NotFound
    return render_template("landing/unsubscribed.html", changed=bool(changed), w=words(), lang=language())


def _page(session: Session, lead_id: int) -> str:
    lead_id = _known(session, lead_id)
    state = consents.state(session, [lead_id])[lead_id]
    wordings = consents.wordings(session, lead_id)
    given = {key: wording for key, wording in wordings.items() if state[key] in ("granted", "pending")}
    return render_template("landing/unsubscribe.html", given=given, narrow=NARROW, w=words(), lang=language())


def _known(session: Session, lead_id: int) -> int:
    """The lead that a mail was written to may be part of another by now."""
    lead = lead_known_as(session, lead_id)
    if lead is None:
        raise NotFound
    return lead.id


def _read(token: str) -> tuple[int, UUID]:
    found = links.read_unsubscribe(current().settings.secret_keys, token)
    if found is None:
        raise NotFound
    return found
