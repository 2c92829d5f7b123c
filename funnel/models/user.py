"""Who may use the app and the API."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Identity, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class User(Base):
    """A marketer or an operator who signs in to the app."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    email: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (UniqueConstraint("email"),)


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
