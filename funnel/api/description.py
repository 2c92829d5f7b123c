"""What the description says of every operation, so that no view has to repeat it: how it may be refused."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask_smorest
from apispec import BasePlugin

from funnel.api import errors
from funnel.schemas.common import ErrorOut

#: anybody may meet these: no key, not this key, text that cannot be stored, too many calls, a database that is away
EVERYWHERE = (401, 403, 422, 429, 503)
WITH_BODY = (400, 413, 415)
BELOW_ROOT = (404,)
#: a token has no account of its own
NO_ACCOUNT = (404,)
#: what `merges.follow` answers
MERGED = {
    "description": "The lead was merged into another: send the request to where Location says.",
    "headers": {"Location": {"schema": {"type": "string"}}},
}

TEXT = {"type": "string"}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ !#-~]+$"},
    "description": "a new one (a UUID) for each write: sent again with the same request, it is done once",
}
IF_MATCH = {"in": "header", "name": "If-Match", "schema": TEXT, "description": "the ETag of what is replaced"}
IF_NONE_MATCH = {"in": "header", "name": "If-None-Match", "schema": TEXT, "description": "the ETag you have"}
ETAG = {"schema": TEXT, "description": "the revision, for If-Match and If-None-Match"}


class Manners(BasePlugin):
    """Adds to each operation what its shape makes possible: errors, retries, revisions."""

    def operation_helper(self, path: str | None = None, operations: Any = None, **_: Any) -> None:
        for method, operation in (operations or {}).items():
            statuses = [*EVERYWHERE, *(BELOW_ROOT if "{" in (path or "") else ())]
            if operation["x-scope"].startswith("account:"):
                statuses += NO_ACCOUNT
            if "requestBody" in operation:
                statuses += WITH_BODY
            if method == "post" and not operation["x-scope"].endswith(":read"):
                statuses += _repeatable(operation)
            if operation.pop("x-revised", False):
                statuses += _revised(method, operation)
            for status in sorted(set(statuses)):
                operation["responses"].setdefault(status, HTTPStatus(status).name)
            if "{lead_id}" in (path or ""):
                operation["responses"].setdefault(308, MERGED)


def _repeatable(operation: dict[str, Any]) -> tuple[int, ...]:
    operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return 400, 409


def _revised(method: str, operation: dict[str, Any]) -> tuple[int, ...]:
    for status, response in operation["responses"].items():
        if int(status) < 300:
            response["headers"] = {"ETag": ETAG}
    if method == "post":
        return ()
    operation.setdefault("parameters", []).append(IF_NONE_MATCH if method == "get" else IF_MATCH)
    if method == "get":
        operation["responses"][304] = {"description": "It is as you have it."}
        return ()
    return 412, 428


class Described(flask_smorest.Api):  # type: ignore[misc]
    """The description, in which each error is a problem, and each status is named."""

    ERROR_SCHEMA = ErrorOut
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            content = {errors.CONTENT_TYPE: {"schema": ErrorOut}}
            response = {"description": status.phrase, "content": content}
            self.spec.components.response(status.name, response, lazy=True)

    def _register_error_handlers(self) -> None:
        """Not for the whole application, as flask-smorest would: other doors answer in HTML."""
        errors.register(self._app)
