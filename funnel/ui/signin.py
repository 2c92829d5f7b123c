"""Signing in and out."""

from __future__ import annotations

import math
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from funnel import auditing, sessions
from funnel.crm import audit, logins, user_sessions, users
from funnel.doors import current
from funnel.models import User
from funnel.ui import language
from funnel.ui.blueprint import Pages, public


def login() -> str:
    """The form."""
    told = request.args.get("told") == "password"
    return page(told=told)


def log_in() -> Response | tuple[str, int, dict[str, str]]:
    """Count the attempt, look at the password, start the session; or ask for the code first."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    secret = sessions.login_secret()
    account = logins.attempt_key(secret, "account", users.account(email))
    address = logins.attempt_key(secret, "address", request.remote_addr or "")
    database = current().database
    with database.transaction() as session:
        wait = logins.admit(session, (account, address), current().wall())
    if wait:
        error, headers = too_soon(wait)
        return page(email=email, error=error), 429, headers
    with database.transaction() as session:
        user = _check(session, email, password, account, address)
        if user and not user.factor_at:
            complete(session, user)
    if user is None:
        error = language.chosen().word("That email and password do not belong together.")
        return page(email=email, error=error), 422, {}
    if user.factor_at:
        sessions.pass_first_step(user)
        return redirect(url_for("ui.code", next=next_page() or None), 303)
    return redirect(next_page() or url_for("ui.home"), 303)


def complete(session: Session, user: User, way: str = user_sessions.PASSWORD) -> None:
    """This person is who it claims to be: the session starts, and the log says so."""
    auditing.note(session, f"user {user.id}", "sign_in", f"users/{user.id}", {"way": way})
    sessions.sign_in(session, user, way)


def log_out() -> Response:
    sessions.sign_out()
    return redirect(url_for("ui.login"), 303)


def too_soon(wait: timedelta) -> tuple[str, dict[str, str]]:
    """What is said to whoever has to wait, and the header that says it to programs."""
    seconds = math.ceil(wait.total_seconds())
    told = language.chosen().word("Please wait {seconds} seconds before the next try.")
    return told.format(seconds=seconds), {"Retry-After": str(seconds)}


def next_page() -> str:
    """Where the person was going: a page of ours, or nowhere."""
    wanted = request.values.get("next", "")
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    return wanted if plain and wanted.startswith("/app/") and not wanted.startswith("/app/log") else ""


def add_to(door: Pages) -> None:
    """The addresses of this part."""
    door.add_url_rule("/login", view_func=public(login))
    door.add_url_rule("/login", view_func=public(log_in), methods=["POST"])
    door.add_url_rule("/logout", view_func=log_out, methods=["POST"])


def _check(session: Session, email: str, password: str, account: bytes, address: bytes) -> User | None:
    user = users.check_password(session, email, password)
    if user:
        logins.forgive(session, account, address, current().wall())
    else:
        auditing.note(session, audit.NOBODY, "sign_in_failed", _tried(session, email))
    return user


def _tried(session: Session, email: str) -> str:
    """Whose account somebody tried to get into, without telling the address that was typed."""
    known = users.by_email(session, email)
    return f"users/{known.id}" if known else "users"


def page(*, email: str = "", error: str | None = None, told: bool = False) -> str:
    """The form, with what went wrong; `told` when a new password was set a moment ago."""
    provider = current().settings.provider
    return render_template(
        "ui/login.html", email=email, next=next_page(), error=error, told=told, provider=provider and provider.name
    )
