"""A browser that follows forms, and a user who may sign in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import wsgi
from funnel.context import Context
from funnel.crm import passwords
from funnel.models import User
from tests import people

EMAIL, PASSWORD = "mia@funnel.example", "correct horse battery"


@pytest.fixture
def app(context: Context) -> Flask:
    app = wsgi.compose(context.settings, context)
    app.testing = True
    return app


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Made once, because hashes are slow on purpose."""
    return passwords.hashed(PASSWORD)


@pytest.fixture
def user(context: Context, password_hash: str) -> int:
    with context.database.transaction() as session:
        mia = people.user(session, EMAIL, at=context.wall())
        mia.password_hash = password_hash
        return mia.id


@pytest.fixture
def submit(browser: FlaskClient) -> Callable[..., Any]:
    """Posts a form as the page `seen_on` carries it, with its token."""

    def post(path: str, seen_on: str = "/app/login", **fields: str) -> Any:
        return browser.post(path, data={"csrf": token_on(browser, seen_on)} | fields)

    return post


@pytest.fixture
def signed_in(user: int, context: Context, browser: FlaskClient) -> FlaskClient:
    with context.database.transaction() as session:
        people.sign_in(session, browser, session.get_one(User, user), context.wall())
    return browser


def token_on(browser: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(path).text)
    assert found, path
    return found[1]
