"""A mail of the local mailbox as its recipient sees it, at an address of its own, for the frame that shows it."""

from __future__ import annotations

from flask import Response, abort, make_response

from funnel.crm import mailbox
from funnel.doors import in_transaction
from funnel.schemas.common import LARGEST_ID
from funnel.ui.blueprint import Pages

#: a mail brings its own styles; nothing in it runs or is loaded, and what it opens is a tab of its own
POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def read_html(mail_id: int) -> Response:
    """The HTML as it was sent, before it a line that opens links outside of the frame."""
    mail = in_transaction(lambda session: mailbox.find(session, mail_id))
    if mail is None or mail.html is None:
        abort(404)
    response = make_response(f'<!doctype html><base target="_blank">{mail.html}')
    response.headers["Content-Security-Policy"] = POLICY
    return response


def add_to(door: Pages) -> None:
    """The address of this part."""
    door.add_url_rule(f"/mailbox/<int(max={LARGEST_ID}):mail_id>/html", view_func=read_html)
