"""Those who sign in to the app, and their passwords."""

from __future__ import annotations

import hashlib
import secrets
import threading
from datetime import datetime
from functools import cache

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from funnel.models import User

FIRST_USER = "admin@funnel.example"
#: characters; longer ones are refused before any work is done on them
LONGEST_PASSWORD = 1024
SHORTEST_PASSWORD = 10

# A hash takes 32 MB and some 60 ms: one at a time per process, or a burst of logins would take all memory.
_one_hash = threading.Lock()


class EmailTakenError(ValueError):
    """There is a user with this email already."""


class WeakPasswordError(ValueError):
    """The password is too short or too long."""


def create_first_user(session: Session, now: datetime) -> tuple[str, str] | None:
    """Email and password of the first user of an installation; None when it has one (`now` is wall time).

    Two processes that start at once agree through the unique email: one of them creates the user.
    """
    if session.scalar(select(exists().select_from(User))):
        return None
    password = secrets.token_urlsafe(12)
    return (FIRST_USER, password) if _insert(session, FIRST_USER, password, now) else None


def add(session: Session, email: str, password: str, now: datetime) -> int:
    """A new user's id (`now` is wall time). Raises EmailTakenError, WeakPasswordError."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WeakPasswordError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    user_id = _insert(session, email, password, now)
    if user_id is None:
        raise EmailTakenError(f"There is a user {account(email)} already.")
    return user_id


def check_password(session: Session, email: str, password: str) -> User | None:
    """The user whom this email and password belong to. An unknown email takes as long as a wrong password."""
    user = by_email(session, email)
    with _one_hash:
        right = check_password_hash(user.password_hash if user else _nobodys_hash(), password[:LONGEST_PASSWORD])
    return user if right and len(password) <= LONGEST_PASSWORD else None


def find(session: Session, user_id: int) -> User | None:
    return session.get(User, user_id)


def by_email(session: Session, email: str) -> User | None:
    """The user with this email, however it is written."""
    return session.scalars(select(User).where(User.email == account(email))).first()


def stamp(user: User) -> str:
    """Changes with the password, so that a session signed in with an old one ends."""
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]


def account(email: str) -> str:
    """How a user's email is kept and compared. PostgreSQL text holds no NUL."""
    return email.strip().lower().replace("\x00", "")


def _insert(session: Session, email: str, password: str, now: datetime) -> int | None:
    with _one_hash:
        password_hash = generate_password_hash(password, method="scrypt")
    row = insert(User).values(email=account(email), password_hash=password_hash, created_at=now)
    return session.scalar(row.on_conflict_do_nothing(index_elements=["email"]).returning(User.id))


@cache
def _nobodys_hash() -> str:
    return generate_password_hash(secrets.token_urlsafe(), method="scrypt")
