"""Those who sign in: everybody sees who there is, admins say who may do what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import request
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel import auditing, notices, sessions
from funnel.api.account import told_sessions
from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.crm import user_links, user_sessions, users
from funnel.crm.keyset import Page
from funnel.doors import current, in_transaction
from funnel.models import User
from funnel.schemas.account import AccessOut, InvitationIn, InvitedOut, LinkOut
from funnel.schemas.common import LARGEST_ID, ErrorOut
from funnel.schemas.user import UserChangeIn, UserOut, UsersOut, UsersQuery

T = TypeVar("T")

blueprint = Blueprint("users", __name__, description="People who sign in to the app.")

USER = f"/users/<int(max={LARGEST_ID}):user_id>"
LAST_ADMIN = "This is the last admin."


@blueprint.route("/users")
@requires("users:read")
@blueprint.arguments(UsersQuery, location="query")
@blueprint.response(200, UsersOut)
def list_users(query: dict[str, Any]) -> Page[User]:
    """Everybody who may sign in, is invited, or was removed."""
    after, limit = query.get("cursor"), query["limit"]
    return in_transaction(lambda session: users.page(session, after=after, limit=limit))


@blueprint.route("/users", methods=["POST"])
@requires("users:write")
@blueprint.arguments(InvitationIn)
@blueprint.response(201, InvitedOut)
@blueprint.alt_response(409, schema=ErrorOut, description="There is a user with this email.")
def invite_user(invitation: dict[str, str]) -> dict[str, Any]:
    """Invite somebody. The link is mailed where mail leaves, and told here, once, to be handed over."""
    wall = current().wall()

    def work(session: Session) -> dict[str, Any]:
        role, name = invitation["role"], invitation.get("name", "")
        user = users.invite(session, invitation["email"], wall, role=role, name=name)
        user.language = invitation["language"]
        auditing.about(f"users/{user.id}")
        return {"user": user, "link": _link(session, user)}

    try:
        return in_transaction(work)
    except users.EmailTakenError:
        refuse(409, "taken", "There is a user with this email already.")


@blueprint.route(f"{USER}/links", methods=["POST"])
@requires("users:write")
@blueprint.response(201, LinkOut)
def make_link(user_id: int) -> dict[str, Any]:
    """Another link for this person: to join, good for a week; or, after that, to set another password, for an hour."""
    return in_transaction(lambda session: _link(session, present(session, user_id)))


@blueprint.route(f"{USER}/access")
@requires("users:write")
@blueprint.response(200, AccessOut)
def read_access(user_id: int) -> dict[str, Any]:
    """How this person signs in, and where."""
    here = None if "Authorization" in request.headers else sessions.signed_in()

    def work(session: Session) -> dict[str, Any]:
        user = present(session, user_id)
        return {
            "has_password": user.password_hash is not None,
            "second_factor": user.factor_at is not None,
            "provider": user.subject is not None,
            "sessions": told_sessions(session, user.id, here.session_id if here else None),
        }

    return in_transaction(work)


@blueprint.route(f"{USER}/sessions", methods=["DELETE"])
@requires("users:write")
@blueprint.response(204)
def end_sessions(user_id: int) -> None:
    """Sign this person out everywhere."""
    in_transaction(lambda session: user_sessions.end_all(session, present(session, user_id).id))


@blueprint.route(USER)
@requires("users:read")
@blueprint.response(200, UserOut)
def read_user(user_id: int) -> User:
    """One person."""
    return in_transaction(lambda session: found(session, user_id))


@blueprint.route(USER, methods=["PATCH"])
@requires("users:write")
@blueprint.arguments(UserChangeIn)
@blueprint.response(200, UserOut)
@blueprint.alt_response(409, schema=ErrorOut, description=LAST_ADMIN)
def change_user(change: dict[str, str], user_id: int) -> User:
    """Another name, another role. A new role holds from the person's next request on."""

    def work(session: Session) -> User:
        user = present(session, user_id)
        users.set_role(session, user, change.get("role", user.role))
        user.name = change.get("name", user.name)
        return user

    return _unless_last_admin(work)


@blueprint.route(USER, methods=["DELETE"])
@requires("users:write")
@blueprint.response(204)
@blueprint.alt_response(409, schema=ErrorOut, description=LAST_ADMIN)
def remove_user(user_id: int) -> None:
    """End this person's access at once. The name stays with what the person wrote."""
    _unless_last_admin(lambda session: users.remove(session, present(session, user_id), current().wall()))


def _link(session: Session, user: User) -> dict[str, Any]:
    link = user_links.make(session, user, current().wall())
    mailed = notices.send_link(session, user, link)
    return {"url": notices.url_of(link), "expires_at": link.expires_at, "mailed": mailed}


def found(session: Session, user_id: int) -> User:
    """Raises NotFound for nobody."""
    user = users.find(session, user_id)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def present(session: Session, user_id: int) -> User:
    """Raises NotFound for nobody, and for those who were removed."""
    user = found(session, user_id)
    if user.removed_at:
        raise NotFound("This user was removed.")
    return user


def _unless_last_admin(work: Callable[[Session], T]) -> T:
    try:
        return in_transaction(work)
    except users.LastAdminError as error:
        refuse(409, "last_admin", str(error))
