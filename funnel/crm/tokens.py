"""Keys for programs: what a token is, and what each may do."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from funnel.models import Token

#: What a token can be allowed; `x:write` includes `x:read`, and `all` includes everything.
SCOPES = (
    "all",
    "account:read",
    "account:write",
    "audit:read",
    "forms:read",
    "forms:write",
    "installation:read",
    "jobs:read",
    "jobs:write",
    "leads:read",
    "leads:write",
    "mailbox:read",
    "metrics",
    "privacy:read",
    "privacy:write",
    "rules:read",
    "rules:write",
    "sequences:read",
    "sequences:write",
    "users:read",
    "users:write",
)
#: 256 random bits behind a prefix that secret scanners can find
_SHAPE = re.compile(r"fnl_[A-Za-z0-9_-]{43}")


class UnknownScopeError(ValueError):
    """A token was asked for with a scope that does not exist."""


def add(session: Session, name: str, scopes: Collection[str], now: datetime) -> str:
    """A new token (`now` is wall time). Its text is returned this once; only its digest is kept.

    Raises UnknownScopeError.
    """
    if not scopes or (unknown := sorted(set(scopes) - set(SCOPES))):
        wrong = ", ".join(unknown) if scopes else "none"
        raise UnknownScopeError(f"Unknown scope: {wrong}. There are: {', '.join(SCOPES)}.")
    token = f"fnl_{secrets.token_urlsafe(32)}"
    session.add(Token(name=name, digest=_digest(token), scopes=sorted(set(scopes)), created_at=now))
    session.flush()
    return token


def find(session: Session, token: str) -> Token | None:
    """The living token with this text. Looked up by digest, so timing tells nothing of the text."""
    if not _SHAPE.fullmatch(token):
        return None
    return session.scalars(select(Token).where(Token.digest == _digest(token), Token.revoked_at.is_(None))).first()


def revoke(session: Session, name: str, now: datetime) -> int:
    """End all living tokens of this name (`now` is wall time); returns how many there were."""
    ended = update(Token).where(Token.name == name, Token.revoked_at.is_(None)).values(revoked_at=now)
    return len(session.scalars(ended.returning(Token.id)).all())


def allows(scopes: Collection[str], wanted: str) -> bool:
    """Whether a token with these scopes may do what asks for `wanted`."""
    area, _, right = wanted.partition(":")
    return "all" in scopes or wanted in scopes or (right == "read" and f"{area}:write" in scopes)


def single(scopes: Collection[str]) -> list[str]:
    """Every single scope that these come to, in order."""
    return [scope for scope in SCOPES if scope != "all" and allows(scopes, scope)]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
