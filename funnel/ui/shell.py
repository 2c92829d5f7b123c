"""Hands out the app that `funnel.uibuild` made: one page for every address below `/app/`, and the files it loads."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Response, make_response, render_template, request, send_from_directory

from funnel.ui.blueprint import Pages, public
from funnel.uibuild import LOG, OUT

#: only our own files run; React Aria sets styles on elements; nobody frames us
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
#: seconds; the names of assets change with their content
YEAR = 31_536_000


def home(path: str = "") -> Response:
    """The app. Which screen `path` means is the app's own business."""
    page = OUT / "index.html"
    if not page.exists():
        return make_response(render_template("ui/unbuilt.html", reason=_reason(LOG)), 503)
    response = make_response(page.read_text(encoding="utf-8"))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-cache"
    return response


def asset(name: str) -> Response:
    """A file of the app; packed, for browsers that can unpack it."""
    folder = OUT / "assets"
    packed = bool(request.accept_encodings["gzip"]) and (folder / f"{name}.gz").is_file()
    kind, _ = mimetypes.guess_type(name)
    response = send_from_directory(folder, f"{name}.gz" if packed else name, mimetype=kind, max_age=YEAR)
    if packed:
        response.content_encoding = "gzip"
    response.cache_control.immutable = True
    response.vary.add("Accept-Encoding")
    return response


def add_to(door: Pages) -> None:
    """The addresses of this part; more exact ones, like `/app/login`, come before them."""
    door.add_url_rule("/", view_func=home)
    door.add_url_rule("/<path:path>", view_func=home)
    door.add_url_rule("/assets/<name>", view_func=public(asset))


def _reason(log: Path) -> str:
    """What the build said last, for the page that stands in for the app."""
    return log.read_text(encoding="utf-8") if log.exists() else "It was never built: start Funnel with ./run."
