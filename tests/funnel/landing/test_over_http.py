"""The landing door behind the real server: what only shows on a socket."""

import http.client

import pytest
from sqlalchemy import text

from funnel.crm import forms
from funnel.schemas.form import FormIn
from tests.funnel.landing.conftest import FORM
from tests.servers import programs

URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def address(committed, now, tmp_path):
    """Host and port of a real web server on a database with one form."""
    with committed.database.transaction() as session:
        forms.create_form(session, FormIn().load(FORM), now)
    environ = programs.environment(tmp_path, DATABASE_URL=committed.settings.database_url)
    server, url = programs.web(environ, tmp_path / "web.log")
    yield url.removeprefix("http://")
    server.kill()


def post(address, body, headers=URLENCODED, **options):
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("POST", "/f/demo", body, dict(headers), **options)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def count(committed):
    with committed.database.transaction() as session:
        return session.scalar(text("SELECT count(*) FROM leads"))


def test_a_form_post_survives_a_restart_of_the_connections(address, committed):
    assert post(address, "email=jane%40example.com").status == 303
    with committed.database.transaction() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )

    answer = post(address, "email=joan%40example.com")

    assert (answer.status, answer.headers["Location"]) == (303, "/f/demo/thanks")
    assert count(committed) == 2


def test_a_body_that_is_too_large_is_refused_whether_or_not_it_says_its_length(address, committed):
    body = b"email=jane%40example.com&first_name=" + b"a" * 100_000

    told = post(address, body)
    chunked = post(address, iter([body]), encode_chunked=True)

    assert (told.status, chunked.status) == (413, 413)
    assert count(committed) == 0


def test_a_chunked_form_is_read(address, committed):
    answer = post(address, iter([b"email=jane", b"%40example.com"]), encode_chunked=True)

    assert answer.status == 303
    assert count(committed) == 1
