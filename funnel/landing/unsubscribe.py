"""Door for recipients: out, at once or by purpose (RFC 8058, and a page for people at the same address).

No login, no cookie, no CSRF token: whoever holds the mail may leave, and mail providers post without any of these.
Opening the page changes nothing, since mail scanners open links.
"""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel import links
from funnel.crm import consents
from funnel.crm.leads import lead_by_id
from funnel.doors import current, engine_now, in_transaction
from funnel.landing.door import door
from funnel.landing.proof import proof
from funnel.landing.words import language, words

#: The field by which the page says that only what is ticked is meant. Any other post means all mail, since it may be a
#: mail provider's, and a recipient who is misunderstood must at least be left in peace.
NARROW = "only_ticked"


@door.get("/u/<token>")
def preferences(token: str) -> str:
    """What the recipient is subscribed to, a box for each, and the button."""
    lead_id, _ = _read(token)
    return in_transaction(lambda session: _page(session, lead_id))


@door.post("/u/<token>")
def unsubscribe(token: str) -> str:
    """Withdraw all mail, or what is ticked. Answers 200 whatever was withdrawn before; never a redirect (RFC 8058)."""
    (lead_id, message_id), now = _read(token), engine_now()
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    mine = proof("one-click" if one_click else "preferences")

    def work(session: Session) -> bool:
        _found(session, lead_id)
        chosen = _ticked(session, lead_id) if NARROW in request.form and not one_click else None
        if chosen != []:
            consents.withdraw(session, lead_id, chosen, now, proof=mine, message_id=message_id)
        return chosen != []

    changed = in_transaction(work)
    return render_template("landing/unsubscribed.html", changed=changed, w=words(), lang=language())


def _ticked(session: Session, lead_id: int) -> list[str]:
    return [purpose for purpose in consents.wordings(session, lead_id) if purpose in request.form]


def _page(session: Session, lead_id: int) -> str:
    _found(session, lead_id)
    state = consents.state(session, [lead_id])[lead_id]
    wordings = consents.wordings(session, lead_id)
    given = {key: wording for key, wording in wordings.items() if state[key] in ("granted", "pending")}
    return render_template("landing/unsubscribe.html", given=given, narrow=NARROW, w=words(), lang=language())


def _found(session: Session, lead_id: int) -> None:
    if lead_by_id(session, lead_id) is None:
        raise NotFound


def _read(token: str) -> tuple[int, UUID]:
    found = links.read_unsubscribe(current().settings.secret_keys, token)
    if found is None:
        raise NotFound
    return found
