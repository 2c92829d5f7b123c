"""Who may call: a program by its token, a person by the session of the app; and what each may do."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast

from flask import current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from funnel import sessions
from funnel.api.errors import refuse
from funnel.crm import roles, tokens
from funnel.doors import current, in_transaction
from funnel.models import Token

View = TypeVar("View", bound=Callable[..., Any])
#: until somebody who needs a second factor has one: the own account, and what the app asks first
WITHOUT_FACTOR = ["account:write", "installation:read"]
SAFE = {"GET", "HEAD", "OPTIONS"}
CSRF_HEADER = "X-CSRF-Token"


def requires(scope: str) -> Callable[[View], View]:
    """Declares what a token, or the role of a signed-in user, must allow for this view."""
    if scope not in tokens.SCOPES:
        raise ValueError(f"{scope} is not a scope.")

    def mark(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        described = getattr(view, "_apidoc", {})
        manual = {**described.get("manual_doc", {}), "x-scope": scope}
        view._apidoc = {**described, "manual_doc": manual}  # type: ignore[attr-defined]
        return view

    return mark


def scope_of(endpoint: str) -> str:
    """The scope a view declares; a view of the API without one cannot be called at all."""
    return str(vars(current_app.view_functions[endpoint])["scope"])


def changes_anything(endpoint: str, method: str) -> bool:
    """Whether this view is a write: a POST that only asks for reading looks, and does not change."""
    return method not in SAFE and not scope_of(endpoint).endswith(":read")


def caller() -> str:
    """Who calls, as it may be written into the log of facts: `user 3` or `token 5`, never a name or an address."""
    return str(g.caller)


def caller_id() -> int:
    """The id of the user who calls; -1 for a program, which is nobody's owner and has no tasks."""
    kind, _, number = caller().partition(" ")
    return int(number) if kind == "user" else -1


def scopes() -> Collection[str]:
    """What the caller may do: what it can hand on."""
    return cast(Collection[str], g.scopes)


def may() -> list[str]:
    """Every single scope of who calls."""
    return tokens.single(scopes())


def authorise() -> None:
    """Before each view of the API, and before its body is read. Raises Unauthorized or Forbidden."""
    scope = scope_of(request.endpoint or "")
    if "Authorization" in request.headers:
        _by_token(scope)
    else:
        _by_session(scope)


def _by_token(scope: str) -> None:
    scheme, _, given = request.headers["Authorization"].partition(" ")
    token = in_transaction(lambda session: _use(session, given.strip())) if scheme.lower() == "bearer" else None
    if token is None:
        raise Unauthorized("This token is not known, was revoked, or has expired.", www_authenticate=_challenge())
    g.caller, g.scopes = f"token {token.id}", token.scopes
    if not tokens.allows(token.scopes, scope):
        raise Forbidden(f"This token has not the scope {scope}.")


def _use(session: Session, text: str) -> Token | None:
    now = current().wall()
    token = tokens.find(session, text, now)
    if token is not None:
        tokens.note_use(session, token, now)
    return token


def _by_session(scope: str) -> None:
    here = sessions.signed_in()
    if here is None:
        raise Unauthorized("Send `Authorization: Bearer <token>`, or sign in.", www_authenticate=_challenge())
    g.caller = f"user {here.user.id}"
    g.scopes = WITHOUT_FACTOR if here.lacks_factor else roles.scopes(here.user.role)
    if request.method not in SAFE and not sessions.csrf_matches(request.headers.get(CSRF_HEADER)):
        raise Forbidden(f"A write by session needs the header {CSRF_HEADER}.")
    if tokens.allows(g.scopes, scope):
        return
    if here.lacks_factor:
        refuse(403, "second_factor_needed", "Everybody here needs a second factor: set yours up in your account.")
    raise Forbidden(f"Your role, {here.user.role}, does not include {scope}. An admin can give you another role.")


def _challenge() -> WWWAuthenticate:
    """RFC 6750 section 3."""
    return WWWAuthenticate("bearer", {"realm": "funnel"})
