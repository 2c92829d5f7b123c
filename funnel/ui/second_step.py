"""The second step of signing in: a code of the authenticator app, or a recovery code."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from funnel import auditing, sessions
from funnel.crm import audit, logins, second_factors, users
from funnel.doors import current, in_transaction
from funnel.ui import language
from funnel.ui.blueprint import Pages, public
from funnel.ui.signin import complete, next_page, too_soon


def code() -> Response | str:
    """The form; without a first step, back to the first."""
    return _form() if sessions.first_step() else _from_the_start()


def check_code() -> Response | tuple[str, int, dict[str, str]]:
    """Count the attempt, look at the code, start the session."""
    user_id = sessions.first_step()
    if user_id is None:
        return _from_the_start()
    secret, wall = sessions.login_secret(), current().wall()
    # Apart from the tries of the password: whoever knows that could else start the count of codes afresh.
    keys = (
        logins.attempt_key(secret, "code", str(user_id)),
        logins.attempt_key(secret, "address", request.remote_addr or ""),
    )
    wait = in_transaction(lambda session: logins.admit(session, keys, wall))
    if wait:
        error, headers = too_soon(wait)
        return _form(error), 429, headers
    if not in_transaction(lambda session: _check(session, user_id, keys)):
        word = language.chosen().word
        return _form(word("That code opens nothing. Each code works once: wait for the next one.")), 422, {}
    return redirect(next_page() or url_for("ui.home"), 303)


def add_to(door: Pages) -> None:
    """The addresses of this part."""
    door.add_url_rule("/login/code", view_func=public(code))
    door.add_url_rule("/login/code", view_func=public(check_code), methods=["POST"])


def _check(session: Session, user_id: int, keys: tuple[bytes, bytes]) -> bool:
    user, wall = users.find(session, user_id), current().wall()
    if user is None or user.removed_at:
        return False
    try:
        second_factors.check(session, user, request.form.get("code", ""), current().settings.secret_keys, wall)
    except second_factors.WrongCodeError:
        auditing.note(session, audit.NOBODY, "sign_in_failed", f"users/{user_id}", {"step": "code"})
        return False
    logins.forgive(session, *keys, wall)
    complete(session, user)
    return True


def _form(error: str | None = None) -> str:
    return render_template("ui/code.html", next=next_page(), error=error)


def _from_the_start() -> Response:
    return redirect(url_for("ui.login", next=next_page() or None), 303)
