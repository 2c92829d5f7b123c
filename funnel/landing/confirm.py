"""Door for the owner of an address: yes, it was me (double opt-in).

Mail scanners open links, so that opening one must change nothing: the page has a button.
"""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from werkzeug.exceptions import NotFound

from funnel import links, spool
from funnel.crm import submissions
from funnel.doors import current, in_transaction
from funnel.landing.door import door
from funnel.landing.late import Confirmation
from funnel.landing.proof import proof
from funnel.landing.words import language, words


@door.get("/c/<token>")
def ask_to_confirm(token: str) -> str:
    """What would be confirmed, and the button."""
    submission_id = _submission(token)
    asked = in_transaction(lambda session: submissions.asked(session, submission_id))
    if asked is None:
        raise NotFound
    return render_template("landing/confirm.html", asked=asked, w=words(), lang=language())


@door.post("/c/<token>")
def confirm(token: str) -> str:
    """Grant what waits. Pressing again changes nothing and says the same."""
    told = Confirmation(_submission(token), proof("confirmation"))
    if not spool.here().do("confirmation", str(told.submission_id), told):
        raise NotFound
    return render_template("landing/confirmed.html", w=words(), lang=language())


def _submission(token: str) -> UUID:
    submission_id = links.read_confirm(current().settings.secret_keys, token)
    if submission_id is None:
        raise NotFound
    return submission_id
