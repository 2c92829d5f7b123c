"""Which websites a form may be used on.

A form post needs no preflight, and the server runs it whatever its origin is: CORS only hides the answer. So the list
is enforced here. Cookies never count, so `Access-Control-Allow-Credentials` is never sent.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from flask import Response, g, request
from werkzeug.exceptions import Forbidden

from funnel.doors import current

#: seconds a browser may remember a preflight; Chromium's upper limit
MAX_AGE = 7200


def admit(allowed: Collection[str]) -> None:
    """Let the request in when it comes from one of these origins, from our own pages, or from no website at all.

    Raises 403. `null` is the origin of sandboxed frames and files: anybody can have it, so only `*` lets it in.
    """
    origin = request.headers.get("Origin") or origin_of(request.referrer)
    if origin is None:
        return
    if "*" not in allowed and origin not in allowed and origin not in _own():
        raise Forbidden
    g.allowed_origin = origin


def origin_of(address: str | None) -> str | None:
    """Scheme and host of a web address as a browser names them; null when it has none."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts.scheme and parts.netloc else None


def tell(response: Response) -> Response:
    """Let the admitted website read the answer; caches keep one answer for each origin."""
    if origin := g.get("allowed_origin"):
        response.headers["Access-Control-Allow-Origin"] = origin
    response.headers.add("Vary", "Origin")
    return response


def preflight() -> Response:
    """The answer to a browser that asks before it posts JSON."""
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "POST"
    response.headers["Access-Control-Allow-Headers"] = "content-type, idempotency-key"
    response.headers["Access-Control-Max-Age"] = str(MAX_AGE)
    return response


def _own() -> set[str | None]:
    return {origin_of(current().settings.public_url), request.host_url.rstrip("/")}
