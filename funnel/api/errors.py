"""What goes wrong, in the API's one shape: `{code, message, errors?}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import Flask, Response, abort, jsonify, make_response, request
from werkzeug.exceptions import HTTPException, UnprocessableEntity

PREFIX = "/api/"
#: places a schema reads from; clients are told the field, not these
_LOCATIONS = {"json", "query", "json_or_form"}


def refuse(status: int, code: str, message: str, errors: Mapping[str, list[str]] | None = None) -> NoReturn:
    """End the request with this answer."""
    body = {"code": code, "message": message} | ({"errors": dict(errors)} if errors else {})
    response = make_response(jsonify(body), status)
    abort(response)


def register(app: Flask) -> None:
    """Errors under `/api/` are JSON, wherever they were raised; those of other doors stay as they are."""
    app.register_error_handler(HTTPException, _answer)


def _answer(error: HTTPException) -> Response | HTTPException:
    if not request.path.startswith(PREFIX) or error.response is not None:
        return error
    told = getattr(error, "data", None) or {}
    if messages := told.get("messages"):
        errors = dict(_flat(messages))
        body = {"code": "invalid", "message": "The request is not valid.", "errors": errors}
    else:
        body = {"code": _code(error), "message": error.description or error.name}
    response = make_response(jsonify(body), error.code or 500)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _code(error: HTTPException) -> str:
    if isinstance(error, UnprocessableEntity):
        return "invalid"
    return re.sub(r"[^a-z]+", "_", error.name.lower())


def _flat(messages: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """marshmallow's nested messages as one list per dotted path."""
    if not isinstance(messages, Mapping):
        yield path or "body", [str(text) for text in messages] if isinstance(messages, list) else [str(messages)]
        return
    for key, inner in messages.items():
        known = not path and key in _LOCATIONS
        here = path if known or key == "_schema" else f"{path}.{key}".lstrip(".")
        yield from _flat(inner, here)
