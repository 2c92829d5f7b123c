"""The web application: which doors there are, and what holds for all of them. Composition only."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from flask import Blueprint, Flask, Response, current_app, redirect, url_for
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as WerkzeugResponse

from funnel import api, health, landing, request_id, ui
from funnel.config import Settings
from funnel.context import Context
from funnel.db import AWAY
from funnel.doors import fill_in
from funnel.landing import late
from funnel.spool import Spool, StoreError

#: What a form or an API call may weigh, in bytes; a door that takes more says so for its own views.
LARGEST_BODY = 64 * 1024
#: Connections of one web process: as many as it has threads that answer requests.
CONNECTIONS = 8
#: Seconds that a request waits for a row that somebody holds. What a visitor sent is kept then and written later.
LOCK_SECONDS = 5
#: seconds until a caller who met a database that is away may try again
RETRY_AFTER = 5

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}

log = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    *,
    context: Context | None = None,
    blueprints: Iterable[Blueprint] = (),
    api_blueprints: Iterable[Blueprint] = (),
) -> Flask:
    """The WSGI application. `blueprints` are further doors, `api_blueprints` further parts of `/api/v1`.

    Nothing is connected before the first request.
    """
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_BODY, MAX_FORM_PARTS=500)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["funnel"] = context or Context.open(settings, connections=CONNECTIONS, lock_seconds=LOCK_SECONDS)
    app.extensions["spool"] = spool = Spool(app.extensions["funnel"], settings.home / "spool", late.KINDS)
    request_id.register(app)
    app.before_request(spool.watch)
    app.after_request(_protect)
    for away in (*AWAY, StoreError):
        app.register_error_handler(away, _database_away)
    api.register(app, api_blueprints)
    for door in (health.door, landing.door, ui.door, *blueprints):
        app.register_blueprint(door)
    # What people type is the bare address.
    app.add_url_rule("/", "front", lambda: redirect(url_for("ui.home"), 303))
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _protect(response: Response) -> Response:
    """Headers for every answer; a view that set its own keeps it."""
    fill_in(response, SECURITY_HEADERS)
    return response


def _database_away(error: Exception) -> WerkzeugResponse:
    """Each door says it in its own form: the error goes through its handlers as a 503."""
    log.warning("database away", extra={"error": type(error).__name__})
    away = ServiceUnavailable("The service is not available for a moment. Please try again.", retry_after=RETRY_AFTER)
    return current_app.make_response(current_app.handle_user_exception(away))
