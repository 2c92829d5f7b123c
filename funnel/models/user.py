"""Who may use the app and the API."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class User(Base):
    """A person who signs in to the app. One who was removed stays as a row: notes and tasks tell who wrote them."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    email: Mapped[str]
    #: how colleagues know this person
    name: Mapped[str]
    #: admin, marketer, sales or viewer; `crm/roles.py` says what each may do
    role: Mapped[str]
    #: null for who never set one
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: wall time of the first sign-in or of the accepted invitation; null until then
    joined_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("btrim(name) <> ''", name="name"),
        CheckConstraint("role IN ('admin', 'marketer', 'sales', 'viewer')", name="role"),
        # Somebody who comes back after a removal is a new user.
        Index("ix_users_email", "email", unique=True, postgresql_where=text("removed_at IS NULL")),
    )

    @property
    def state(self) -> str:
        """`invited` (has not joined yet), `active` or `removed`."""
        if self.removed_at:
            return "removed"
        return "active" if self.joined_at else "invited"

    @property
    def active(self) -> bool:
        """Whether this person may sign in, and be given work."""
        return self.state == "active"


class UserSession(Base):
    """One browser in which somebody is signed in; a deleted row is an ended session. Times are wall times."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    #: SHA-256 of the text in the cookie, which carries 256 random bits itself
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    #: what the browser calls itself, shortened; helps people to recognise their own sessions
    agent: Mapped[str]
    #: /24 or /48 it began from; null when the server did not say
    network: Mapped[str | None]
    began_at: Mapped[datetime]
    #: last sign of life, to within some minutes
    seen_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("digest"), Index(None, "user_id"))


class LoginAttempts(Base):
    """Failed sign-ins in a row, of one account or from one address, so that guessing gets slow everywhere at once."""

    __tablename__ = "login_attempts"

    #: keyed digest of the account or the address: neither is kept
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class Token(Base):
    """A program's key to the API; only its digest is kept, so a leaked database opens nothing."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    #: SHA-256 of the token, which carries 256 random bits itself
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    revoked_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("digest"),)
