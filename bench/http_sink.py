"""The cheapest server that takes a SendGrid request whole and says 202: the wire's own cost, and a counter."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

_taken = itertools.count()


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """POST is one mail taken; GET tells how many were."""
    if environ["REQUEST_METHOD"] == "POST":
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        number = next(_taken)
        start_response("202 Accepted", [("X-Message-Id", f"sink-{number}"), ("Content-Length", "0")])
        return []
    number = int(repr(_taken)[6:-1])
    body = str(number).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
