"""Who may use the app and the API."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

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
    #: of the mails this person gets and of the app; null: the browser's
    language: Mapped[str | None]
    #: who this is to the identity provider (OpenID Connect's `iss` and `sub`)
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    #: secret of the authenticator app, sealed (`funnel/sealing.py`); in use once `factor_at` is set
    factor: Mapped[bytes | None] = mapped_column(LargeBinary)
    factor_at: Mapped[datetime | None]
    #: time step (RFC 6238) of the last code that opened: it and older ones open nothing any more
    factor_step: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("btrim(name) <> ''", name="name"),
        CheckConstraint("language IN ('en', 'fr')", name="language"),
        CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="identity"),
        CheckConstraint("factor_at IS NULL OR factor IS NOT NULL", name="factor"),
        Index("ix_users_identity", "issuer", "subject", unique=True, postgresql_where=text("removed_at IS NULL")),
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
    #: how it began: with a password of ours, or at the identity provider
    way: Mapped[str]

    __table_args__ = (
        UniqueConstraint("digest"),
        Index(None, "user_id"),
        CheckConstraint("way IN ('password', 'provider')", name="way"),
    )


class UserLink(Base):
    """An address that lets a user set a password, once. Nothing here makes the address: `links.py` signs the id."""

    __tablename__ = "user_links"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    #: `invitation` (the user has not joined yet) or `reset`
    kind: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("kind IN ('invitation', 'reset')", name="kind"), Index(None, "user_id"))


class RecoveryCode(Base):
    """Stands in for the authenticator app once; a used code is a deleted row."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    #: SHA-256 of the code, which carries 80 random bits itself
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


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
    expires_at: Mapped[datetime | None]
    #: to the minute
    last_used_at: Mapped[datetime | None]
    #: a caller: `user 3`, `token 5`; null: the command line
    created_by: Mapped[str | None]

    __table_args__ = (UniqueConstraint("digest"),)
