"""Exports behind the real server: downloads that are stopped, and those that break off."""

from __future__ import annotations

import csv
import http.client
import io
import json
import time

import pytest
from sqlalchemy import text

from funnel.crm import tokens
from tests.servers import programs

FACTS = 300_000
RUNNING = text(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'funnel export' AND datname = current_database()"
)


@pytest.fixture
def download(committed, tmp_path):
    """Begins a download from a real web server, of more than what buffers hold on the way."""
    with committed.database.transaction() as session:
        token = tokens.add(session, "reader", ["exports:read"], committed.wall())
        session.execute(
            text(
                "INSERT INTO events (at, kind, data) SELECT now(), 'x', jsonb_build_object('text', repeat('y', 100))"
                f" FROM generate_series(1, {FACTS})"
            )
        )
    environ = programs.environment(tmp_path, DATABASE_URL=committed.settings.database_url)
    server, url = programs.web(environ, tmp_path / "web.log")
    connections = []

    def begin(path):
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
        connections.append(connection)
        connection.request("GET", f"/api/v1/exports/{path}", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        assert answer.status == 200
        return answer

    begin.connections = connections

    yield begin
    for connection in connections:
        connection.close()
    server.kill()


def running(committed):
    with committed.database.transaction() as session:
        return list(session.execute(RUNNING).scalars())


def wait_until(holds, seconds=10):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def test_a_whole_download_holds_every_row(download):
    told = download("events.csv").read().decode()

    assert len(list(csv.reader(io.StringIO(told, newline=""), strict=True))) == FACTS + 1


def test_a_download_that_is_stopped_frees_its_connection_within_a_second(download, committed):
    answer = download("events.csv")
    answer.read(1000)
    assert len(running(committed)) == 1
    answer.close()
    download.connections[0].close()
    started = time.monotonic()

    assert wait_until(lambda: running(committed) == [])
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_a_download_that_breaks_off_is_not_taken_for_a_whole_file(download, committed, kind):
    answer = download(f"events.{kind}")
    told = answer.read(1000)
    with committed.database.transaction() as session:
        session.execute(text(f"SELECT pg_terminate_backend({running(committed)[0]})"))
    try:
        told += answer.read()
    except http.client.IncompleteRead:
        return  # the server broke the connection, which says it all
    text_of_it = told.decode()

    assert "incomplete" in text_of_it[-200:].lower()
    with pytest.raises((csv.Error, json.JSONDecodeError)):
        read_strictly(kind, text_of_it)


def read_strictly(kind, told):
    if kind == "csv":
        return list(csv.reader(io.StringIO(told, newline=""), strict=True))
    return [json.loads(line) for line in told.splitlines()]
