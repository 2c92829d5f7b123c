"""Who is signed in: the app's session cookie, and the proof that a write came from our own pages.

The cookie is signed, not encrypted, and holds a user's id, a stamp of the password (so that a new password ends old
sessions) and a token against cross-site request forgery. Browsers send it only to us (HttpOnly, SameSite=Lax, Secure
when the service is reached over https).
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from funnel.crm import users
from funnel.doors import current, in_transaction
from funnel.models import User

#: wall time since the last answer
SIGNED_IN_FOR = timedelta(days=7)


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookie, whose signer is made only for those who bring one: form posts do not."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "HTTP_COOKIE" not in request.environ or self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def configure(app: Flask) -> None:
    """Set up the cookie; the first key signs, the older ones are still read."""
    settings = app.extensions["funnel"].settings
    newest, *older = settings.secret_keys
    app.secret_key = newest
    app.session_interface = Cookies()
    app.config.update(
        SECRET_KEY_FALLBACKS=older,
        SESSION_COOKIE_NAME="funnel",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
    )


def sign_in(user: User) -> None:
    """Start a session of this user; nothing of the session before it is kept.

    The token is made here and not at its first use: the app asks several things at once, each answer renews the
    cookie, and the last one to come would drop a token that another one had just made.
    """
    session.clear()
    session.permanent = True
    session.update(user=user.id, stamp=users.stamp(user))
    csrf_token()


def sign_out() -> None:
    session.clear()


def signed_in() -> User | None:
    """The user of this request's session, if the password is still the one it began with."""
    user_id = session.get("user")
    if user_id is None:
        return None
    user = in_transaction(lambda database: users.find(database, user_id))
    if user is None or not hmac.compare_digest(users.stamp(user), session.get("stamp", "")):
        return None
    return user


def csrf_token() -> str:
    """What a form of ours carries; made at its first use in a session."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(16)
    return str(session["csrf"])


def csrf_matches(given: str | None) -> bool:
    """Whether a write carries this session's token."""
    expected = session.get("csrf")
    return bool(expected and given) and hmac.compare_digest(str(expected).encode(), str(given).encode())


def login_secret() -> bytes:
    """Keys the digests under which failed logins are counted."""
    return current().settings.secret_keys[0]
