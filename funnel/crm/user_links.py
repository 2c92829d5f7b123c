"""Links by which people set a password once: to join after an invitation, or because the old one is lost.

The address carries the link's id, signed with the installation's key. So the database holds nothing that opens an
account, and whoever sends the mail can write the address. Times are wall times.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from funnel import links
from funnel.crm import passwords, users
from funnel.models import User, UserLink

INVITATION, RESET = "invitation", "reset"
GOOD_FOR = {INVITATION: timedelta(days=7), RESET: timedelta(hours=1)}


class SpentLinkError(Exception):
    """The link was used, has expired, or its user was removed."""


def make(session: Session, user: User, now: datetime) -> UserLink:
    """A link for this user: an invitation until the user has joined, then one to set another password."""
    session.execute(delete(UserLink).where(UserLink.user_id == user.id, UserLink.expires_at < now))
    kind = RESET if user.joined_at else INVITATION
    link = UserLink(id=uuid4(), user_id=user.id, kind=kind, created_at=now, expires_at=now + GOOD_FOR[kind])
    session.add(link)
    session.flush()
    return link


def url(public_url: str, keys: Sequence[bytes], link_id: UUID) -> str:
    """The address to open."""
    return f"{public_url}/app/join/{links.user_link_token(keys, link_id)}"


def user_of(session: Session, link_id: UUID, now: datetime) -> User:
    """Whom a living link is for. Raises SpentLinkError."""
    living = (UserLink.id == link_id, UserLink.expires_at > now, User.removed_at.is_(None))
    user = session.scalars(select(User).join(UserLink, UserLink.user_id == User.id).where(*living)).first()
    if user is None:
        raise SpentLinkError
    return user


def use(session: Session, link_id: UUID, name: str | None, password: str, now: datetime) -> User:
    """Set the password (and the name, if one is given); the user has joined, and all links and sessions end.

    Of two who use one link at once, one is refused. Raises SpentLinkError, passwords.WeakPasswordError.
    """
    passwords.check_strength(password)
    user = user_of(session, link_id, now)
    spent = session.scalars(delete(UserLink).where(UserLink.user_id == user.id).returning(UserLink.id)).all()
    if link_id not in spent:
        raise SpentLinkError
    users.set_password(session, user, password)
    user.name = name or user.name
    user.joined_at = user.joined_at or now
    session.flush()
    return user
