from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from funnel.app import create_app
from funnel.crm import forms
from funnel.schemas.form import FormIn

FORM = {
    "key": "demo",
    "name": "Ask for a demo",
    "fields": [
        {"key": "email", "label": "Work email", "type": "email", "required": True},
        {"key": "first_name", "label": "First name"},
        {"key": "size", "label": "Company size", "type": "choice", "choices": ["1-10", "11-100"]},
        {"key": "seats", "label": "Seats", "type": "number"},
    ],
    "consents": [
        {"purpose": "newsletter", "wording": "Send me the newsletter."},
        {"purpose": "phone", "wording": "You may call me."},
    ],
    "origins": ["https://shop.example"],
}
TABLES = ("leads", "submissions", "consents", "touches", "events", "pending_facts")


@pytest.fixture
def make_form(context, now):
    """Keep a form as the API would, with these parts changed."""

    def make(**changed):
        with context.database.transaction() as session:
            return forms.create_form(session, FormIn().load(FORM | changed), now)

    return make


@pytest.fixture
def client(context, settings) -> Iterator[FlaskClient]:
    return create_app(settings, context=context).test_client()


@pytest.fixture
def counts(context):
    """How many rows each table of the capture holds."""

    def count() -> dict[str, int]:
        with context.database.transaction() as session:
            return {table: session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES}

    return count


@pytest.fixture
def rows(context):
    """All rows of a query, as tuples."""

    def read(sql: str, **values) -> list[tuple]:
        with context.database.transaction() as session:
            return [tuple(row) for row in session.execute(text(sql), values)]

    return read
