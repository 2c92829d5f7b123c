"""One's own account: of people who signed in. A token has none."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel import sessions
from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.crm import logins, passwords, user_sessions, users
from funnel.doors import current, in_transaction
from funnel.models import User
from funnel.schemas.account import AccountIn, AccountOut, PasswordIn, UserSessionsOut
from funnel.schemas.common import LARGEST_ID
from funnel.sessions import SignedIn

blueprint = Blueprint("account", __name__, description="Who asks, when it is a person.")


@blueprint.route("/account")
@requires("account:read")
@blueprint.response(200, AccountOut)
def read_account() -> dict[str, Any]:
    """Name, language, and how this person signs in."""
    return _told(own_session().user)


@blueprint.route("/account", methods=["PATCH"])
@requires("account:write")
@blueprint.arguments(AccountIn)
@blueprint.response(200, AccountOut)
def change_account(change: dict[str, Any]) -> dict[str, Any]:
    """Another name, another language."""
    here = own_session()

    def work(session: Session) -> dict[str, Any]:
        user = session.get_one(User, here.user.id)
        user.name = change.get("name", user.name)
        user.language = change.get("language", user.language)
        return _told(user)

    return in_transaction(work)


@blueprint.route("/account/password", methods=["PUT"])
@requires("account:write")
@blueprint.arguments(PasswordIn)
@blueprint.response(204)
def change_password(given: dict[str, str]) -> None:
    """Another password. Every other session of this person ends."""
    here = own_session()
    check_own_password(here, given["current"], "current")

    def work(session: Session) -> None:
        user = session.get_one(User, here.user.id)
        users.change_password(session, user, given["current"], given["new"], spare=here.session_id)

    try:
        in_transaction(work)
    except passwords.WeakPasswordError as error:
        refuse(422, "invalid", "The request is not valid.", {"new": [str(error)]})
    except users.WrongPasswordError:
        _refuse_password("current")


@blueprint.route("/account/sessions")
@requires("account:read")
@blueprint.response(200, UserSessionsOut)
def list_account_sessions() -> dict[str, Any]:
    """Where this person is signed in."""
    here = own_session()
    return {"items": in_transaction(lambda session: told_sessions(session, here.user.id, here.session_id))}


@blueprint.route("/account/sessions", methods=["DELETE"])
@requires("account:write")
@blueprint.response(204)
def end_other_sessions() -> None:
    """End every session of this person but the one that asks."""
    here = own_session()
    in_transaction(lambda session: user_sessions.end_all(session, here.user.id, spare=here.session_id))


@blueprint.route(f"/account/sessions/<int(max={LARGEST_ID}):session_id>", methods=["DELETE"])
@requires("account:write")
@blueprint.response(204)
def end_account_session(session_id: int) -> None:
    """End one session of this person."""
    here = own_session()
    if not in_transaction(lambda session: user_sessions.end(session, here.user.id, session_id)):
        raise NotFound("There is no such session.")


def told_sessions(session: Session, user_id: int, here: int | None) -> list[dict[str, Any]]:
    """The sessions of a user; `here` is the id of the one that asks."""
    found = user_sessions.of_user(session, user_id, current().wall())
    kept = ("id", "agent", "network", "way", "began_at", "seen_at")
    return [{name: getattr(one, name) for name in kept} | {"here": one.id == here} for one in found]


def check_own_password(here: SignedIn, password: str, field: str) -> None:
    """Ask again who it is; who has no password is not asked. Tries count like those of signing in.

    Ends the request with 422.
    """
    if here.user.password_hash is None:
        return
    secret, wall = sessions.login_secret(), current().wall()
    keys = (
        logins.attempt_key(secret, "account", here.user.email),
        logins.attempt_key(secret, "address", request.remote_addr or ""),
    )
    wait = in_transaction(lambda session: logins.admit(session, keys, wall))
    if wait:
        refuse(422, "invalid", "The request is not valid.", {field: [_wait(wait.total_seconds())]})
    if not passwords.matches(here.user.password_hash, password):
        _refuse_password(field)
    in_transaction(lambda session: logins.forgive(session, *keys, wall))


def _told(user: User) -> dict[str, Any]:
    kept = ("id", "name", "email", "role", "active", "state", "language")
    ways = {"has_password": user.password_hash is not None, "second_factor": user.factor_at is not None}
    return {name: getattr(user, name) for name in kept} | ways


def own_session() -> SignedIn:
    """Raises NotFound for a token."""
    here = None if "Authorization" in request.headers else sessions.signed_in()
    if here is None:
        raise NotFound("A token has no account: sign in.")
    return here


def _refuse_password(field: str) -> None:
    refuse(422, "invalid", "The request is not valid.", {field: ["This is not your password."]})


def _wait(seconds: float) -> str:
    return f"Too many wrong passwords. Please wait {seconds:.0f} seconds before the next try."
