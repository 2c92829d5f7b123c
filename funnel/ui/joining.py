"""Pages for people without a password: accepting an invitation, asking for another password, setting it."""

from __future__ import annotations

import time
from uuid import UUID

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from funnel import auditing, links, notices, sessions
from funnel.crm import logins, passwords, user_links, users
from funnel.doors import current, in_transaction
from funnel.models import User
from funnel.schemas.user import LONGEST_NAME
from funnel.ui import language
from funnel.ui.blueprint import Pages, public
from funnel.ui.signin import too_soon

#: Seconds that asking for a link takes at least, so that the time does not tell whether there is such a user.
ASKING_TAKES = 0.2


def join(token: str) -> str | tuple[str, int]:
    """The form behind a link. Opening it changes nothing, since mail scanners open links."""
    try:
        user = in_transaction(lambda session: user_links.user_of(session, _read(token), current().wall()))
    except user_links.SpentLinkError:
        return render_template("ui/spent.html"), 410
    return _form(user)


def set_password(token: str) -> Response | str | tuple[str, int]:
    """Take the link's one use: name and password are set, and the person signs in with them."""
    link_id, password = _read(token), request.form.get("password", "")
    try:
        user = in_transaction(lambda session: user_links.user_of(session, link_id, current().wall()))
        if error := _wrong(user):
            return _form(user, error), 422
        in_transaction(lambda session: _use(session, link_id, password))
    except user_links.SpentLinkError:
        return render_template("ui/spent.html"), 410
    sessions.clear()
    return redirect(url_for("ui.login", told="password"), 303)


def forgotten() -> str:
    """The form that asks for a link."""
    return _asking()


def ask_for_link() -> str | tuple[str, int, dict[str, str]]:
    """Send a link, if there is such a user; the answer and its time are the same if there is none."""
    begun, wall, secret = time.monotonic(), current().wall(), sessions.login_secret()
    email = users.account(request.form.get("email", ""))
    keys = [
        logins.attempt_key(secret, "link account", email),
        logins.attempt_key(secret, "link address", request.remote_addr or ""),
    ]
    wait = in_transaction(lambda session: logins.admit(session, keys, wall))
    if wait:
        error, headers = too_soon(wait)
        return _asking(error=error), 429, headers
    if not _no_mail():
        in_transaction(lambda session: _send(session, email))
    time.sleep(max(0.0, begun + ASKING_TAKES - time.monotonic()))
    return _asking(asked=True)


def add_to(door: Pages) -> None:
    """The addresses of this part."""
    door.add_url_rule("/join/<token>", view_func=public(join))
    door.add_url_rule("/join/<token>", view_func=public(set_password), methods=["POST"])
    door.add_url_rule("/login/forgotten", view_func=public(forgotten))
    door.add_url_rule("/login/forgotten", view_func=public(ask_for_link), methods=["POST"])


def _read(token: str) -> UUID:
    """The id of the link behind this address. Raises NotFound for what is none of ours."""
    link_id = links.read_user_link(current().settings.secret_keys, token)
    if link_id is None:
        raise NotFound
    return link_id


def _wrong(user: User) -> str | None:
    """What is wrong with the form, in the reader's words."""
    word = language.chosen().word
    if request.form.get("password") != request.form.get("again"):
        return word("The two passwords are not the same.")
    if not user.joined_at and not 1 <= len(request.form.get("name", "").strip()) <= LONGEST_NAME:
        return word("Please give your name.")
    try:
        passwords.check_strength(request.form.get("password", ""))
    except passwords.WeakPasswordError:
        told = word("A password has {shortest} to {longest} characters.")
        return told.format(shortest=passwords.SHORTEST, longest=passwords.LONGEST)
    return None


def _use(session: Session, link_id: UUID, password: str) -> None:
    name = request.form.get("name", "").strip()[:LONGEST_NAME].replace("\x00", "")
    user = user_links.use(session, link_id, name, password, current().wall())
    auditing.note(session, f"user {user.id}", "set_password", f"users/{user.id}")


def _send(session: Session, email: str) -> None:
    user = users.by_email(session, email)
    if user is not None:
        notices.send_link(session, user, user_links.make(session, user, current().wall()))


def _form(user: User, error: str | None = None) -> str:
    name = request.form.get("name", "" if user.joined_at else user.name)
    return render_template("ui/join.html", joined=bool(user.joined_at), email=user.email, name=name, error=error)


def _asking(*, asked: bool = False, error: str | None = None) -> str:
    return render_template("ui/forgotten.html", asked=asked, error=error, no_mail=_no_mail())


def _no_mail() -> bool:
    return not notices.can_send()
