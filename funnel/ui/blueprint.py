"""The kind of blueprint everything under `/app` is: for those signed in, and safe against forged posts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from funnel import sessions
from funnel.ui import language

View = TypeVar("View", bound=Callable[..., Any])

#: for pages drawn here: nothing runs, nothing is loaded from elsewhere, nobody frames us
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class Pages(Blueprint):
    """A part of the app under `/app`. Its views need a signed-in user, unless marked `public`."""

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, url_prefix="/app", **options)
        self.before_request(_admit)
        self.after_request(_protect)
        self.context_processor(_words)


def public(view: View) -> View:
    """For people who have not signed in yet."""
    view.public = True  # type: ignore[attr-defined]
    return view


def _admit() -> WerkzeugResponse | None:
    if request.method == "POST" and not sessions.csrf_matches(request.form.get("csrf")):
        abort(400, "This form is too old. Please reload the page and try again.")
    if getattr(current_app.view_functions.get(request.endpoint or ""), "public", False):
        return None
    if sessions.signed_in() is None:
        return redirect(url_for("ui.login", next=request.full_path.rstrip("?")), 303)
    return None


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _words() -> dict[str, Any]:
    spoken = language.chosen()
    return {
        "_": spoken.word,
        "language": spoken.code,
        "csrf_token": sessions.csrf_token,
        "user": g.get("signed_in"),
    }
