"""Those who sign in to the app: who they are, what role they have, and their passwords. Times are wall times."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.crm import passwords, roles, user_sessions
from funnel.crm.keyset import Page, Place, cut
from funnel.models import User, UserLink

FIRST_USER = "admin@funnel.example"


class EmailTakenError(ValueError):
    """There is a user with this email already."""


class WrongPasswordError(ValueError):
    """This is not the password of now."""


class LastAdminError(ValueError):
    """Without this admin nobody could manage people any more."""


def create_first_user(session: Session, now: datetime) -> tuple[str, str] | None:
    """Email and password of the first user of an installation, an admin; None when it has one.

    Two processes that start at once agree through the unique email: one of them creates the user.
    """
    if session.scalar(select(exists().select_from(User))):
        return None
    password = secrets.token_urlsafe(12)
    made = _insert(session, FIRST_USER, now, name="Admin", role=roles.ADMIN, password=password)
    return (FIRST_USER, password) if made else None


def add(session: Session, email: str, password: str, now: datetime, *, role: str, name: str = "") -> int:
    """The id of a new user who may sign in at once. Raises EmailTakenError, passwords.WeakPasswordError."""
    passwords.check_strength(password)
    user_id = _insert(session, email, now, name=name, role=role, password=password)
    if user_id is None:
        raise EmailTakenError(f"There is a user {account(email)} already.")
    return user_id


def invite(session: Session, email: str, now: datetime, *, role: str, name: str = "") -> User:
    """A new user who may sign in only after accepting an invitation (`user_links`). Raises EmailTakenError."""
    user_id = _insert(session, email, now, name=name, role=role, password=None)
    if user_id is None:
        raise EmailTakenError(f"There is a user {account(email)} already.")
    return session.get_one(User, user_id)


def check_password(session: Session, email: str, password: str) -> User | None:
    """The active user whom this email and password belong to. An unknown email takes as long as a wrong password."""
    user = by_email(session, email)
    kept = user.password_hash if user and user.active else None
    right = passwords.matches(kept, password)
    if user is None or not right:
        return None
    if kept is not None and passwords.is_outdated(kept):
        user.password_hash = passwords.hashed(password)
    return user


def find(session: Session, user_id: int) -> User | None:
    return session.get(User, user_id)


def by_email(session: Session, email: str) -> User | None:
    """The user with this email who was not removed."""
    return session.scalars(select(User).where(User.email == account(email), User.removed_at.is_(None))).first()


def page(session: Session, *, after: Place | None = None, limit: int = 50) -> Page[User]:
    """Everybody, those removed too, in the order in which they came."""
    users = select(User).order_by(User.id).limit(limit + 1)
    if after:
        users = users.where(User.id > after.id)
    return cut(session.scalars(users).all(), limit, lambda user: Place(user.created_at, user.id))


def set_role(session: Session, user: User, role: str) -> None:
    """Give this user another role. Raises LastAdminError."""
    if user.role == roles.ADMIN and role != roles.ADMIN:
        _check_another_admin(session, user)
    user.role = role


def remove(session: Session, user: User, now: datetime) -> None:
    """Nobody signs in as this user any more, and every session ends. Raises LastAdminError."""
    _check_another_admin(session, user)
    user.removed_at = user.removed_at or now
    user.password_hash = None
    session.execute(delete(UserLink).where(UserLink.user_id == user.id))
    user_sessions.end_all(session, user.id)


def change_password(session: Session, user: User, current: str, password: str, *, spare: int | None) -> None:
    """Another password, for who knows the one of now. Raises WrongPasswordError, passwords.WeakPasswordError."""
    if not passwords.matches(user.password_hash, current):
        raise WrongPasswordError
    set_password(session, user, password, spare=spare)


def set_password(session: Session, user: User, password: str, *, spare: int | None = None) -> None:
    """Another password; all sessions end but `spare` (its id). Raises passwords.WeakPasswordError."""
    passwords.check_strength(password)
    user.password_hash = passwords.hashed(password)
    user_sessions.end_all(session, user.id, spare=spare)


def account(email: str) -> str:
    """How a user's email is kept and compared. PostgreSQL text holds no NUL."""
    return email.strip().lower().replace("\x00", "")


def _check_another_admin(session: Session, user: User) -> None:
    """Locks all admins in the order of ids: of two who remove each other at once, one is refused."""
    admins = select(User.id).where(User.role == roles.ADMIN, User.joined_at.is_not(None), User.removed_at.is_(None))
    held = set(session.scalars(admins.order_by(User.id).with_for_update()))
    if user.id in held and held == {user.id}:
        raise LastAdminError("This is the last admin. Make somebody else an admin first.")


def _insert(session: Session, email: str, now: datetime, *, name: str, role: str, password: str | None) -> int | None:
    """The new user's id; None when the email is taken. Who gets a password has joined."""
    address = account(email)
    row = insert(User).values(
        email=address,
        name=name.strip() or address.partition("@")[0] or address,
        role=role,
        password_hash=None if password is None else passwords.hashed(password),
        created_at=now,
        joined_at=None if password is None else now,
    )
    taken = row.on_conflict_do_nothing(index_elements=["email"], index_where=User.removed_at.is_(None))
    return session.scalar(taken.returning(User.id))
