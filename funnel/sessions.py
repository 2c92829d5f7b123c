"""Who is signed in: the app's session cookie, and the proof that a write came from our own pages.

The cookie is signed, not encrypted, and holds the text of a session, which is a row of the database and can be ended
there, and a token against cross-site request forgery. Browsers send it only to us (HttpOnly, SameSite=Lax, Secure
when the service is reached over https).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import astuple, dataclass
from datetime import timedelta

from flask import Flask, Request, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from sqlalchemy.orm import Session

from funnel.crm import user_sessions
from funnel.doors import client_network, current, in_transaction
from funnel.models import User
from funnel.provider import Question

#: wall time between the password and the code
SECOND_STEP = timedelta(minutes=5)


@dataclass(frozen=True)
class SignedIn:
    """Whose request this is, and in which of this person's sessions."""

    user: User
    session_id: int
    #: this person must set up a second factor before anything else
    lacks_factor: bool


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
        PERMANENT_SESSION_LIFETIME=user_sessions.IDLE,
    )


def pass_first_step(user: User) -> None:
    """The password was right; the second step has a few minutes to follow."""
    session.clear()
    session["half"] = [user.id, current().wall().timestamp()]
    csrf_token()


def first_step() -> int | None:
    """The id of the user whose password was right in this browser, a moment ago."""
    user_id, at = session.get("half") or (None, 0.0)
    return user_id if current().wall().timestamp() - at < SECOND_STEP.total_seconds() else None


def go_away(question: Question, next_page: str) -> None:
    """This browser goes to the identity provider, and comes back with an answer to this question."""
    session["away"] = [*astuple(question), next_page]


def come_back() -> tuple[Question, str] | None:
    """The question this browser was sent off with, once; and the page that was wanted."""
    state, nonce, verifier, next_page = session.pop("away", None) or (None, "", "", "")
    return (Question(state, nonce, verifier), next_page) if state else None


def sign_in(database: Session, user: User, way: str = user_sessions.PASSWORD) -> None:
    """Start a session of this user; nothing of the session before it is kept.

    The token is made here and not at its first use: the app asks several things at once, each answer renews the
    cookie, and the last one to come would drop a token that another one had just made.
    """
    agent, network = request.headers.get("User-Agent", ""), client_network(request.remote_addr)
    text = user_sessions.begin(database, user, agent, network, current().wall(), way)
    session.clear()
    session.permanent = True
    session["session"] = text
    csrf_token()


def sign_out() -> None:
    """End this session, in the database too: a copy of the cookie opens nothing any more."""
    here = signed_in()
    if here:
        in_transaction(lambda database: user_sessions.end(database, here.user.id, here.session_id))
    session.clear()


def clear() -> None:
    """Forget whatever this browser's cookie says."""
    session.clear()


def signed_in() -> SignedIn | None:
    """Whose session this request belongs to; asked of the database once in a request."""
    if "signed_in" not in g:
        g.signed_in = _find(session.get("session"))
    return g.signed_in  # type: ignore[no-any-return]


def _find(text: str | None) -> SignedIn | None:
    if text is None:
        return None
    found = in_transaction(lambda database: user_sessions.find(database, str(text), current().wall()))
    return SignedIn(found.user, found.session.id, found.lacks_factor) if found else None


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
