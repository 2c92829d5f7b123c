"""Each request has an id: the caller's own when it is sane, else a new one. Its answer and its log lines carry it."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, request

from funnel import logs

HEADER = "X-Request-Id"
#: what a caller may choose: nothing that could write a second line into a log, or a second header
_SANE = re.compile(r"[A-Za-z0-9._~:-]{1,64}")


def register(app: Flask) -> None:
    """For every door."""
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def current() -> str:
    """The id of this request."""
    return str(g.request_id)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if _SANE.fullmatch(given) else secrets.token_urlsafe(12)
    logs.request_id.set(g.request_id)


def _tell(response: Response) -> Response:
    response.headers[HEADER] = current()
    return response


def _end(_error: BaseException | None) -> None:
    logs.request_id.set(None)
