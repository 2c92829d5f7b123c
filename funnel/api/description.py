"""What the description says of every operation, so that no view has to repeat it: how it may be refused."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask_smorest
from apispec import BasePlugin

from funnel.api import errors
from funnel.schemas.common import ErrorOut

#: anybody may meet these: no key, not this key, text that cannot be stored, a database that is away
EVERYWHERE = (401, 403, 422, 503)
WITH_BODY = (400, 413, 415)
BELOW_ROOT = (404,)
#: what `merges.follow` answers
MERGED = {
    "description": "The lead was merged into another: send the request to where Location says.",
    "headers": {"Location": {"schema": {"type": "string"}}},
}


class Refusals(BasePlugin):
    """Adds to each operation the errors that its shape makes possible."""

    def operation_helper(self, path: str | None = None, operations: Any = None, **_: Any) -> None:
        for operation in (operations or {}).values():
            statuses = [*EVERYWHERE, *(BELOW_ROOT if "{" in (path or "") else ())]
            if "requestBody" in operation:
                statuses += WITH_BODY
            for status in sorted(statuses):
                operation.setdefault("responses", {}).setdefault(status, HTTPStatus(status).name)
            if "{lead_id}" in (path or ""):
                operation["responses"].setdefault(308, MERGED)


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
