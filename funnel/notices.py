"""Asking for a mail to somebody who uses the app: whoever sends mail for this installation takes it over."""

from __future__ import annotations

from sqlalchemy.orm import Session

from funnel import extensions
from funnel.crm import user_links
from funnel.doors import current
from funnel.models import User, UserLink

ENGLISH = "en"


def can_send() -> bool:
    """Whether a mail to somebody who uses the app would leave this machine.

    None does where mail stays in the local mailbox: others may read it, and a link to an admin's account is not theirs.
    """
    return extensions.here().send_link is not None and current().settings.mailer != "mailbox"


def send_link(session: Session, user: User, link: UserLink) -> bool:
    """Ask, in this transaction, that `user` is sent this link. Returns whether a mail will leave (`can_send`)."""
    send = extensions.here().send_link
    if send is None or not can_send():
        return False
    send(session, link.id, link.kind, user.email, user.language or ENGLISH, current().now())
    return True


def url_of(link: UserLink) -> str:
    """The link's address, for who hands it over."""
    settings = current().settings
    return user_links.url(settings.public_url, settings.secret_keys, link.id)
