"""Real PostgreSQL for every test, reached through the migrations; nothing leaves the machine.

`session` and `context` roll back after each test. `committed` is a database of its own, with real commits,
for what needs several connections, threads or processes.
"""

from __future__ import annotations

import itertools
import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from funnel import config, migrate
from funnel.clock import EngineClock
from funnel.context import Context
from funnel.db import Database, open_engine
from funnel.embedded import EmbeddedPostgres
from nurture_sequences import membership

KEYS = {"SECRET_KEY": "test-secret-key-0123456789abcdef0123", "FINGERPRINT_KEY": "test-fingerprint-key-0123456789abcd"}
#: a Monday, ten in the morning in UTC
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

_numbers = itertools.count(1)

# As `wsgi.py` and the worker do.
membership.register()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """URL of a server the tests may create databases on: the embedded one, or `TEST_DATABASE_URL`."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url.replace("postgresql://", "postgresql+psycopg2://", 1)
        return
    with tempfile.TemporaryDirectory(prefix="funnel-tests-") as home:
        server = EmbeddedPostgres(Path(home) / "pg", settings={"fsync": "off", "max_connections": "200"})
        yield server.start()
        server.stop()


@pytest.fixture(scope="session")
def template(cluster: str) -> str:
    """Name of a migrated database that others are copied from."""
    return create_database(cluster, f"funnel_template_{os.getpid()}", migrated=True)


@pytest.fixture(scope="session")
def shared_engine(cluster: str, template: str) -> Iterator[Engine]:
    name = create_database(cluster, f"funnel_shared_{os.getpid()}", template=template)
    engine = open_engine(database_url(cluster, name))
    yield engine
    engine.dispose()


@pytest.fixture
def settings(cluster: str, tmp_path: Path) -> config.Settings:
    return config.load({"DATABASE_URL": cluster, "FUNNEL_HOME": str(tmp_path), **KEYS})


@pytest.fixture
def context(shared_engine: Engine, settings: config.Settings) -> Iterator[Context]:
    """A context whose commits are savepoints of one transaction, rolled back after the test."""
    with shared_engine.connect() as connection:
        outer = connection.begin()
        yield Context(settings, Database(connection), EngineClock(NOW, NOW))
        outer.rollback()


@pytest.fixture
def session(context: Context) -> Iterator[Session]:
    with Session(context.database.bind, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def committed_url(cluster: str, template: str) -> Iterator[str]:
    name = create_database(cluster, f"funnel_test_{os.getpid()}_{next(_numbers)}", template=template)
    yield database_url(cluster, name)
    drop_database(cluster, name)


@pytest.fixture
def committed(committed_url: str, settings: config.Settings) -> Iterator[Context]:
    """A context on a database of its own, with real commits."""
    engine = open_engine(committed_url, connections=50)
    yield Context(replace(settings, database_url=committed_url), Database(engine))
    engine.dispose()


@pytest.fixture
def queries(context: Context) -> Iterator[list[str]]:
    """Every statement of the test, in order."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(context.database.bind, "before_cursor_execute", note)
    yield seen
    event.remove(context.database.bind, "before_cursor_execute", note)


def create_database(cluster: str, name: str, *, template: str | None = None, migrated: bool = False) -> str:
    source = f' TEMPLATE "{template}"' if template else ""
    _run(cluster, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"{source}')
    if migrated:
        engine = open_engine(database_url(cluster, name))
        migrate.upgrade(engine)
        engine.dispose()
    return name


def drop_database(cluster: str, name: str) -> None:
    _run(cluster, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def database_url(cluster: str, name: str) -> str:
    return make_url(cluster).set(database=name).render_as_string(hide_password=False)


def _run(cluster: str, *statements: str) -> None:
    engine = create_engine(cluster, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that would leave this machine fails instead."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])  # type: ignore[index]
            assert host in ("127.0.0.1", "::1", "localhost"), f"the test tried to reach {host}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
