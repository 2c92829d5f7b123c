"""The kind of blueprint every part of `/api/v1` is: authorised, strict about what comes in, documented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import flask
import flask_smorest
import marshmallow
import orjson
from flask import request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge

from funnel import auditing
from funnel.api import idempotency, limits, revisions
from funnel.api.auth import authorise, caller, changes_anything
from funnel.api.errors import CONTENT_TYPE, refuse
from funnel.schemas.common import ErrorOut

#: bytes a body may weigh, unless the blueprint says more
BODY_LIMIT = 64 * 1024
#: lists and objects inside each other; the deepest sequence document that may be published needs some seventy
DEEPEST = 100


class Parser(FlaskParser):
    """Unknown keys are errors, in queries too: a misspelt filter must not return everybody."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": marshmallow.RAISE}

    def load_json(self, req: flask.Request, schema: Any) -> Any:
        return body()


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A part of the API. Each view declares its scope with `auth.requires`."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, *args: Any, body_limit: int = BODY_LIMIT, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body_limit = body_limit
        self.before_request(self._before)
        self.after_request(_keep_nowhere)
        self.after_request(limits.tell)
        self.after_request(revisions.spare)
        self.after_request(idempotency.finish)

    def alt_response(self, status_code: int, *args: Any, **kwargs: Any) -> Any:
        """As in flask-smorest; an error is described with the content type of problems."""
        if kwargs.get("schema") is ErrorOut:
            kwargs.setdefault("content_type", CONTENT_TYPE)
        return super().alt_response(status_code, *args, **kwargs)

    def _before(self) -> flask.Response | None:
        request.max_content_length = self.body_limit
        _check_text({"path": request.path, "query": request.args.to_dict(flat=False)})
        try:
            authorise()
        finally:  # refused or not, it counts; and who calls too often is told that alone
            limits.count()
        if answered := idempotency.begin():
            return answered
        auditing.expect(caller(), writes=changes_anything(request.endpoint or "", request.method))
        return None


def _keep_nowhere(response: flask.Response) -> flask.Response:
    """Answers are about people: neither browsers nor caches on the way keep them."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def body() -> Any:
    """The JSON of this request, of which every text can be stored. Ends the request with 400, 415 or 422.

    orjson refuses what Python's parser lets through and PostgreSQL or other programs choke on: NaN, unlimited
    nesting and integers without end.
    """
    if not request.is_json:
        refuse(415, "unsupported_media_type", "Send JSON, with the content type application/json.")
    sent = request.get_data()
    if request.content_length is None and len(sent) >= (request.max_content_length or 0):
        # Werkzeug 3.1 cuts a chunked body off at the limit instead of refusing it.
        raise RequestEntityTooLarge
    try:
        value = orjson.loads(sent)
    except orjson.JSONDecodeError as error:
        if "surrogate" in error.msg and "UTF-8" not in error.msg:
            refuse(422, "invalid", "The request is not valid.", {"body": ["Contains half of a surrogate pair."]})
        refuse(400, "bad_request", f"The body is not JSON: {error.msg} at line {error.lineno} column {error.colno}.")
    if _too_deep(value):
        refuse(422, "invalid", "The request is not valid.", {"body": [f"Nests more than {DEEPEST} levels deep."]})
    _check_text(value)
    return value


def _too_deep(value: Any) -> bool:
    """Whether reading it level by level, as everything behind this does, could exhaust the stack."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
    return bool(level)


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _check_text(value: Any) -> None:
    """PostgreSQL text holds no NUL."""
    errors = {path or "body": ["Contains a NUL character."] for path in _with_nul(value, "")}
    if errors:
        refuse(422, "invalid", "The request is not valid.", errors)


def _with_nul(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if "\x00" in value:
            yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            if "\x00" in key:
                yield path
            else:
                yield from _with_nul(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _with_nul(inner, f"{path}.{number}".lstrip("."))
