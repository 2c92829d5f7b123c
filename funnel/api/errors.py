"""What goes wrong, in the API's one shape: problem details (RFC 9457), `schemas.common.ErrorOut`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NoReturn

import orjson
from flask import Flask, Response, abort, make_response, request
from werkzeug.exceptions import HTTPException, UnprocessableEntity

from funnel import request_id
from funnel.api.problem_types import PROBLEM_TYPES

PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"
#: where a kind of error is explained; a relative reference, since the same installation has several addresses
PAGES = "/api/docs/problems/"
#: places a schema reads from; clients are told the field, not these
_LOCATIONS = {"json", "query", "json_or_form"}


def refuse(status: int, code: str, detail: str, errors: Mapping[str, list[str]] | None = None) -> NoReturn:
    """End the request with this answer. `code` has a page in `problem_types`; `errors` is by dotted field."""
    abort(_problem(status, code, detail, errors))


def register(app: Flask) -> None:
    """Errors under `/api/` are problems, wherever they were raised; those of other doors stay as they are."""
    app.register_error_handler(HTTPException, _answer)


def _answer(error: HTTPException) -> Response | HTTPException:
    if not request.path.startswith(PREFIX) or error.response is not None:
        return error
    told = getattr(error, "data", None) or {}
    if messages := told.get("messages"):
        response = _problem(422, "invalid", "The request is not valid.", dict(flat(messages)))
    else:
        response = _problem(error.code or 500, _code(error), error.description or error.name, None)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _problem(status: int, code: str, detail: str, errors: Mapping[str, list[str]] | None) -> Response:
    known = PROBLEM_TYPES.get(code)
    body = {
        "type": f"{PAGES}{code}" if known else "about:blank",
        "title": known.title if known else HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id.current(),
    } | ({"errors": dict(errors)} if errors else {})
    response = make_response(orjson.dumps(body), status)
    response.content_type = CONTENT_TYPE
    return response


def _code(error: HTTPException) -> str:
    if isinstance(error, UnprocessableEntity):
        return "invalid"
    return re.sub(r"[^a-z]+", "_", error.name.lower())


def flat(messages: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """marshmallow's nested messages as one list per dotted path."""
    if not isinstance(messages, Mapping):
        yield path or "body", [str(text) for text in messages] if isinstance(messages, list) else [str(messages)]
        return
    for key, inner in messages.items():
        known = not path and key in _LOCATIONS
        here = path if known or key == "_schema" else f"{path}.{key}".lstrip(".")
        yield from flat(inner, here)
