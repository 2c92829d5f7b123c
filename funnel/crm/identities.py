"""Which user somebody is who signed in at the identity provider."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from funnel import addresses
from funnel.crm import roles, users
from funnel.models import User, UserLink

#: characters of a name that a provider may give
LONGEST_NAME = 100


class StrangerError(Exception):
    """Nobody here invited this person, or an admin removed this person."""


class UnverifiedError(Exception):
    """The provider does not vouch for the address, so it proves nothing."""


def admit(
    session: Session,
    issuer: str,
    subject: str,
    email: str,
    verified: bool,
    name: str,
    domains: Collection[str],
    now: datetime,
) -> User:
    """The user whom the provider knows as `subject`: known by that, else by a verified address, else new as a viewer
    when the address's domain is one of `domains`. Who was removed stays out (`now` is wall time).

    Raises StrangerError, UnverifiedError.
    """
    user = session.scalars(select(User).where(_is(issuer, subject), User.removed_at.is_(None))).first()
    if user is None:
        address = addresses.normalised(email) if verified else None
        if address is None:
            raise UnverifiedError
        user = users.by_email(session, address) or _newcomer(session, issuer, subject, address, name, domains, now)
        if user.subject is not None:
            raise StrangerError  # somebody else at the provider holds this address now
        user.issuer, user.subject = issuer, subject
    if user.joined_at is None:
        user.joined_at = now
        session.execute(delete(UserLink).where(UserLink.user_id == user.id))
    session.flush()
    return user


def _newcomer(
    session: Session, issuer: str, subject: str, address: str, name: str, domains: Collection[str], now: datetime
) -> User:
    removed = select(User.id).where(User.removed_at.is_not(None), or_(_is(issuer, subject), User.email == address))
    if address.rpartition("@")[2] not in domains or session.scalar(removed.limit(1)) is not None:
        raise StrangerError
    try:
        return users.invite(session, address, now, role=roles.VIEWER, name=name.strip()[:LONGEST_NAME])
    except users.EmailTakenError:  # in another browser, at the same moment
        raise StrangerError from None


def _is(issuer: str, subject: str) -> ColumnElement[bool]:
    return (User.issuer == issuer) & (User.subject == subject)
