"""What every error of the API looks like, whatever went wrong (RFC 9457)."""

from __future__ import annotations

from werkzeug.test import TestResponse

ALWAYS = {"type", "title", "status", "detail", "code", "request_id"}


def check(answer: TestResponse) -> None:
    """Raises AssertionError when this is not an error in the API's one shape."""
    told = answer.json
    assert answer.content_type == "application/problem+json", answer.content_type
    assert ALWAYS <= told.keys() <= ALWAYS | {"errors"}, told
    assert told["status"] == answer.status_code >= 400
    assert told["request_id"] == answer.headers["X-Request-Id"]
    assert all(isinstance(told[name], str) and told[name] for name in ALWAYS - {"status"}), told
