"""Sessions of the app: begun at sign-in, found by the text in the cookie, listed, ended. Times are wall times."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from funnel.models import Installation, User, UserSession

#: how a session began
PASSWORD, PROVIDER = "password", "provider"
#: without a request for so long, and so long after it began, a session is over
IDLE, LONGEST = timedelta(days=7), timedelta(days=30)
#: a session is noted as seen no more often than this
SEEN_EVERY = timedelta(minutes=5)
#: characters kept of what a browser calls itself
AGENT = 200


def begin(session: Session, user: User, agent: str, network: str | None, now: datetime, way: str = PASSWORD) -> str:
    """Start a session; returns the text for the cookie, of which only a digest is kept. Old sessions are cleared."""
    over = (UserSession.seen_at < now - IDLE) | (UserSession.began_at < now - LONGEST)
    session.execute(delete(UserSession).where(UserSession.user_id == user.id, over))
    text = secrets.token_urlsafe(32)
    kept = agent.replace("\x00", "")[:AGENT]
    times = {"began_at": now, "seen_at": now}
    session.add(UserSession(user_id=user.id, digest=_digest(text), agent=kept, network=network, way=way, **times))
    session.flush()
    return text


@dataclass(frozen=True)
class Found:
    """A living session, whose it is, and whether this person must set up a second factor before anything else."""

    session: UserSession
    user: User
    lacks_factor: bool


def find(session: Session, text: str, now: datetime) -> Found | None:
    """The living session with this text; noted as seen. Looked up by digest: timing tells nothing."""
    living = (
        UserSession.digest == _digest(text),
        UserSession.seen_at > now - IDLE,
        UserSession.began_at > now - LONGEST,
        User.removed_at.is_(None),
    )
    required = select(Installation.factor_required).scalar_subquery()
    rows = select(UserSession, User, required).join(User, User.id == UserSession.user_id)
    row = session.execute(rows.where(*living)).first()
    if row is None:
        return None
    found, user, required_now = row
    if now - found.seen_at > SEEN_EVERY:
        found.seen_at = now
    # Whoever comes from the identity provider was asked for one there, if it wants one.
    return Found(found, user, required_now and user.factor_at is None and found.way == PASSWORD)


def of_user(session: Session, user_id: int, now: datetime) -> Sequence[UserSession]:
    """The living sessions of this user, the last seen first."""
    mine = (UserSession.user_id == user_id, UserSession.seen_at > now - IDLE, UserSession.began_at > now - LONGEST)
    return session.scalars(select(UserSession).where(*mine).order_by(UserSession.seen_at.desc(), UserSession.id)).all()


def end(session: Session, user_id: int, session_id: int) -> bool:
    """End one session of this user; false when there is none of this id."""
    mine = (UserSession.user_id == user_id, UserSession.id == session_id)
    return session.scalar(delete(UserSession).where(*mine).returning(UserSession.id)) is not None


def end_all(session: Session, user_id: int, *, spare: int | None = None) -> int:
    """End all sessions of this user, except the one of the id `spare`; returns how many there were."""
    mine = delete(UserSession).where(UserSession.user_id == user_id, UserSession.id != (spare or 0))
    return len(session.scalars(mine.returning(UserSession.id)).all())


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()
