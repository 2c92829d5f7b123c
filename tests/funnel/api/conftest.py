"""The whole application on the test's own transaction, and callers with tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from funnel.app import create_app
from funnel.context import Context
from funnel.crm import tokens


@pytest.fixture
def app(context: Context) -> Flask:
    app = create_app(context.settings, context=context)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def token(context: Context) -> Callable[..., dict[str, str]]:
    """Headers of a program that may do `scopes`."""

    def make(*scopes: str) -> dict[str, str]:
        with context.database.transaction() as session:
            row, text = tokens.mint(session, "test", scopes, context.wall())
            row.last_used_at = context.wall()  # so that the first call writes nothing of its own
        return {"Authorization": f"Bearer {text}"}

    return make


@pytest.fixture
def api(client: FlaskClient, token: Callable[..., dict[str, str]]) -> Callable[..., Any]:
    """Calls `/api/v1` with a token that may do everything."""
    headers = token("all")

    def call(method: str, path: str, **options: Any) -> Any:
        merged = headers | dict(options.pop("headers", {}))
        return client.open(f"/api/v1{path}", method=method, headers=merged, **options)

    return call
