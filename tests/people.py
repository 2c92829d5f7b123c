"""Users of the tests, and browsers in which they are signed in."""

from __future__ import annotations

from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from funnel.crm import user_sessions, users
from funnel.models import User


def user(
    session: Session, email: str = "mia@funnel.example", *, role: str = "admin", name: str = "Mia", at: datetime
) -> User:
    """Somebody who may sign in, without a password: `sign_in` needs none. `at` is wall time."""
    made = User(email=users.account(email), name=name, role=role, created_at=at, joined_at=at)
    session.add(made)
    session.flush()
    return made


def sign_in(
    session: Session, client: FlaskClient, user: User, wall: datetime, *, csrf: str = "the-token", way: str = "password"
) -> None:
    """As after a sign-in with the right password."""
    text = user_sessions.begin(session, user, "a test", None, wall, way)
    with client.session_transaction() as cookie:
        cookie.update(session=text, csrf=csrf)
