"""Keys for programs: what a token is, what each may do, who made it and when it was used last. Times are wall times."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from funnel.crm.keyset import Page, Place, cut
from funnel.models import Token

#: What a token can be allowed, in words; `x:write` includes `x:read`, and `all` includes everything.
SCOPES = {
    "all": "everything, now and in later versions",
    "account:read": "read one's own account",
    "account:write": "change one's own account",
    "audit:read": "read who changed and saw what",
    "exports:read": "take away everything that can be exported",
    "conversions:read": "read which goals leads reached",
    "conversions:write": "tell and withdraw conversions",
    "forms:read": "read forms",
    "forms:write": "make and change forms",
    "imports:read": "see imports and the rows they refused",
    "imports:write": "bring in files of people",
    "goals:read": "read goals",
    "goals:write": "make and change goals",
    "installation:read": "read whether mail may leave, and how fast the engine's clock runs",
    "jobs:read": "follow background jobs",
    "jobs:write": "stop background jobs",
    "leads:read": "read leads and their stories",
    "leads:write": "change leads",
    "mailbox:read": "read the mails of the local mailbox",
    "metrics": "read /metrics",
    "privacy:read": "read how long data is kept",
    "privacy:write": "erase people, and settle how long data is kept",
    "rules:read": "read and try the rules of score and stages",
    "rules:write": "publish rules of score and stages",
    "segments:read": "read segments, and try conditions",
    "segments:write": "make, change and delete segments",
    "sequences:read": "read sequences",
    "sequences:write": "change, publish and pause sequences; enter leads",
    "tokens:read": "read which tokens there are",
    "tokens:write": "make tokens with no more than one's own scopes, and revoke tokens",
    "users:read": "read who works here",
    "users:write": "add people, change their roles, remove them",
    "webhooks:read": "read webhooks and how their calls went",
    "webhooks:write": "make and change webhooks, and have them told again",
}
#: 256 random bits behind a prefix that secret scanners can find
_SHAPE = re.compile(r"fnl_[A-Za-z0-9_-]{43}")
#: Uses in a row cost one write in this time.
USES_APART = timedelta(minutes=1)


class UnknownScopeError(ValueError):
    """A token was asked for with a scope that does not exist."""


def add(session: Session, name: str, scopes: Collection[str], now: datetime, **more: Any) -> str:
    """The text of a new token: `mint` for those who need nothing else."""
    return mint(session, name, scopes, now, **more)[1]


def mint(
    session: Session,
    name: str,
    scopes: Collection[str],
    now: datetime,
    *,
    expires_at: datetime | None = None,
    created_by: str | None = None,
) -> tuple[Token, str]:
    """A new token and its text, which is told this once; only its digest is kept.

    `created_by` is a caller (`user 3`, `token 5`), or null for the command line. Raises UnknownScopeError.
    """
    if not scopes or (unknown := sorted(set(scopes) - set(SCOPES))):
        wrong = ", ".join(unknown) if scopes else "none"
        raise UnknownScopeError(f"Unknown scope: {wrong}. There are: {', '.join(SCOPES)}.")
    text = f"fnl_{secrets.token_urlsafe(32)}"
    token = Token(
        name=name,
        digest=_digest(text),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=expires_at,
        created_by=created_by,
    )
    session.add(token)
    session.flush()
    return token, text


def find(session: Session, token: str, now: datetime) -> Token | None:
    """The living token with this text. Looked up by digest, so timing tells nothing of the text."""
    if not _SHAPE.fullmatch(token):
        return None
    found = session.scalars(select(Token).where(Token.digest == _digest(token), Token.revoked_at.is_(None))).first()
    return found if found and (found.expires_at is None or found.expires_at > now) else None


def note_use(session: Session, token: Token, now: datetime) -> None:
    """Remember that it was used, at most once a minute. Nobody waits for another use of it that does the same."""
    if token.last_used_at is not None and token.last_used_at > now - USES_APART:
        return
    held = select(Token.id).where(Token.id == token.id).with_for_update(skip_locked=True, key_share=True)
    session.execute(
        update(Token).where(Token.id.in_(held)).values(last_used_at=now).execution_options(synchronize_session=False)
    )


def page(session: Session, *, after: Place | None, limit: int) -> Page[Token]:
    """All tokens there ever were, the newest first."""
    rows = select(Token).order_by(Token.id.desc()).limit(limit + 1)
    if after:
        rows = rows.where(Token.id < after.id)
    found: Sequence[Token] = session.scalars(rows).all()
    return cut(found, limit, lambda token: Place(token.created_at, token.id))


def by_id(session: Session, token_id: int) -> Token | None:
    return session.get(Token, token_id)


def revoke(session: Session, token_id: int, now: datetime) -> bool:
    """End a token, which may have ended before; False when there is none."""
    ended = update(Token).where(Token.id == token_id, Token.revoked_at.is_(None)).values(revoked_at=now)
    session.execute(ended)
    return by_id(session, token_id) is not None


def status(token: Token, now: datetime) -> str:
    """`living`, `expired` or `revoked`."""
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= now else "living"


def allows(scopes: Collection[str], wanted: str) -> bool:
    """Whether a token with these scopes may do what asks for `wanted`."""
    area, _, right = wanted.partition(":")
    return "all" in scopes or wanted in scopes or (right == "read" and f"{area}:write" in scopes)


def single(scopes: Collection[str]) -> list[str]:
    """Every single scope that these come to, in order."""
    return [scope for scope in SCOPES if scope != "all" and allows(scopes, scope)]


def beyond(scopes: Collection[str], wanted: Collection[str]) -> list[str]:
    """Those of the wanted scopes that somebody with these cannot hand on."""
    return [one for one in wanted if not allows(scopes, one)]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
