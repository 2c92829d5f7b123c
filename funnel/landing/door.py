"""The landing door itself, and how it says that something went wrong: as a page, or as JSON to programs."""

from __future__ import annotations

import orjson
from flask import Blueprint, Flask, Response, g, render_template
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from funnel.doors import fill_in, wants_json
from funnel.landing import origins
from funnel.landing.known_forms import KnownForms
from funnel.landing.words import language, words
from funnel.spool.definitions import Definitions

#: pages run no script and load nothing but their style sheet; a view may allow what its page needs
PAGE_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action {actions}; frame-ancestors {frames}"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": PAGE_POLICY.format(actions="'self'", frames="'none'"),
}

door = Blueprint("landing", __name__)


@door.record_once
def _remember_forms(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.extensions["known_forms"] = KnownForms(Definitions(app.extensions["funnel"].settings.home / "spool" / "forms"))


@door.after_request
def _close(response: Response) -> Response:
    """Nothing here may be kept by caches: pages hold ids of their own, and choices of one person."""
    fill_in(response, _HEADERS)
    return origins.tell(response)


@door.errorhandler(HTTPException)
def _answer(error: HTTPException) -> WerkzeugResponse | tuple[Response | str, int, list[tuple[str, str]]]:
    if error.code is None or error.code < 400:
        return error.get_response()
    headers = [(name, value) for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")]
    wanted = g.get("language", "")
    message = words(wanted).get(str(error.code)) or error.name
    if wants_json():
        return json(error.code, {"code": error.name.lower().replace(" ", "_"), "message": message}), error.code, headers
    page = render_template("landing/problem.html", message=message, w=words(wanted), lang=language(wanted))
    return page, error.code, headers


def json(status: int, body: object) -> Response:
    """An answer to a program."""
    return Response(orjson.dumps(body), status, mimetype="application/json")
