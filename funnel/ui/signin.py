"""Signing in and out."""

from __future__ import annotations

import math

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from funnel import auditing, sessions
from funnel.crm import audit, logins, users
from funnel.doors import current
from funnel.models import User
from funnel.ui import language
from funnel.ui.blueprint import Pages, public


def login() -> str:
    """The form."""
    told = request.args.get("told") == "password"
    return render_template("ui/login.html", email="", next=_next(), error=None, told=told)


def log_in() -> Response | tuple[str, int, dict[str, str]]:
    """Count the attempt, look at the password, start the session."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    secret = sessions.login_secret()
    account = logins.attempt_key(secret, "account", users.account(email))
    address = logins.attempt_key(secret, "address", request.remote_addr or "")
    database = current().database
    with database.transaction() as session:
        wait = logins.admit(session, (account, address), current().wall())
    if wait:
        return _too_soon(math.ceil(wait.total_seconds()), email)
    with database.transaction() as session:
        user = _check(session, email, password, account, address)
        if user:
            sessions.sign_in(session, user)
    if user is None:
        return _again(language.chosen().word("That email and password do not belong together."), email, 422, {})
    return redirect(_next() or url_for("ui.home"), 303)


def log_out() -> Response:
    sessions.sign_out()
    return redirect(url_for("ui.login"), 303)


def add_to(door: Pages) -> None:
    """The addresses of this part."""
    door.add_url_rule("/login", view_func=public(login))
    door.add_url_rule("/login", view_func=public(log_in), methods=["POST"])
    door.add_url_rule("/logout", view_func=log_out, methods=["POST"])


def _check(session: Session, email: str, password: str, account: bytes, address: bytes) -> User | None:
    user = users.check_password(session, email, password)
    if user:
        logins.forgive(session, account, address, current().wall())
        auditing.note(session, f"user {user.id}", "sign_in", f"users/{user.id}")
    else:
        auditing.note(session, audit.NOBODY, "sign_in_failed", _tried(session, email))
    return user


def _tried(session: Session, email: str) -> str:
    """Whose account somebody tried to get into, without telling the address that was typed."""
    known = users.by_email(session, email)
    return f"users/{known.id}" if known else "users"


def _too_soon(seconds: int, email: str) -> tuple[str, int, dict[str, str]]:
    error = language.chosen().word("Please wait {seconds} seconds before the next try.").format(seconds=seconds)
    return _again(error, email, 429, {"Retry-After": str(seconds)})


def _again(error: str, email: str, status: int, headers: dict[str, str]) -> tuple[str, int, dict[str, str]]:
    return render_template("ui/login.html", email=email, next=_next(), error=error), status, headers


def _next() -> str:
    """Where the person was going: a page of ours, or nowhere."""
    wanted = request.values.get("next", "")
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    return wanted if plain and wanted.startswith("/app/") and not wanted.startswith("/app/log") else ""
