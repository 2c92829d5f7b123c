"""Steps that come due, through real actors, with many enrollments waiting; beside bare SQL writing the same rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import psycopg2
from sqlalchemy import Engine, text

from bench import rates
from bench.place import database, workers
from bench.table import Line
from funnel.hints import libpq_url

#: a lead leaves one wait and enters the next: the plainest step there is
DOCUMENT = {"key": "waits", "steps": [{"id": f"w{n}", "wait": {"for": "1 day"}} for n in range(40)]}

SEED = """
    INSERT INTO sequences (key, status, draft, live_number, created_at, updated_at)
    VALUES ('waits', 'live', '{document}', 1, now(), now());
    INSERT INTO versions (sequence_id, number, document, published_at) SELECT id, 1, draft, now() FROM sequences;
    INSERT INTO leads (email, stage_since, created_at, updated_at)
    SELECT 'lead' || n || '@example.com', now(), now(), now() FROM generate_series(1, {waiting}) AS n;
    INSERT INTO enrollments (sequence_id, version_id, lead_id, step, visit, entered_at, due_at, started_at)
    SELECT s.id, v.id, l.id, 'w0', 1, now() - interval '1 day', now() + interval '1 day' + random() * interval '9 day',
           now() FROM sequences s, versions v, leads l;
"""
# Bare SQL on the same rows: the same lock on the lead, the same update, the same visit.
_BARE = """
    WITH due AS MATERIALIZED (
        SELECT id FROM enrollments WHERE sequence_id = 1 AND status = 'active' AND due_at <= now()
         ORDER BY due_at LIMIT 250 FOR UPDATE SKIP LOCKED
    ), handed AS (
        UPDATE enrollments e SET due_at = now() + interval '120 s', step = 'w1', visit = visit + 1, entered_at = now()
          FROM due WHERE e.id = due.id RETURNING e.id, e.visit, e.entered_at
    ), locked AS MATERIALIZED (
        SELECT id FROM leads WHERE id IN (SELECT lead_id FROM enrollments JOIN due USING (id)) FOR NO KEY UPDATE
    )
    INSERT INTO visits (enrollment_id, number, step, entered_at, left_at, outcome)
    SELECT id, visit - 1, 'w0', entered_at, now(), 'waited' FROM handed, (SELECT count(*) FROM locked) AS l
"""
_DUE = """
    UPDATE enrollments SET due_at = now(), entered_at = now() - interval '1 day', step = 'w0', visit = 1
     WHERE id IN (SELECT id FROM enrollments TABLESAMPLE SYSTEM ({percent}) LIMIT {due})
"""


def measure(cluster_url: str, waiting: int, due: int, *, hold_transaction: bool = False) -> Iterator[Line]:
    """Steps per second with `waiting` enrollments in the table, `due` of them due at once."""
    name = f"advance, {waiting:,} waiting" + (", a long transaction held open" if hold_transaction else "")
    with database(cluster_url, "bench_advance") as (url, engine):
        run(engine, SEED.format(document=orjson.dumps(DOCUMENT).decode(), waiting=waiting))
        vacuum(engine, "leads", "enrollments")
        with _held_open(url, hold_transaction):
            ours = _through_actors(url, engine, waiting, due)
            bare = _bare(url, engine, waiting, due)
    yield Line(name, ours, "steps/s", bare, "bare SQL, the same rows")


def _through_actors(url: str, engine: Engine, waiting: int, due: int) -> float:
    with workers(url, processes=2, threads=2, MAILER="mailbox"):
        _wait_ready(engine)
        _make_due(engine, waiting, due)
        return rates.by_rows(engine, "visits", due)


def _bare(url: str, engine: Engine, waiting: int, due: int) -> float:
    run(engine, "TRUNCATE visits")
    _make_due(engine, waiting, due)
    return rates.bare(url, _BARE)


def _make_due(engine: Engine, waiting: int, due: int) -> None:
    percent = min(100.0, 150.0 * due / waiting) if waiting > due else 100
    run(engine, _DUE.format(percent=percent, due=due))


def _wait_ready(engine: Engine) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if connection.execute(text("SELECT pulse_at FROM installation")).scalar():
                time.sleep(1)
                return
        time.sleep(0.05)
    raise RuntimeError("no worker came up")


@contextmanager
def _held_open(url: str, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    connection = psycopg2.connect(libpq_url(url))
    connection.set_session(isolation_level="REPEATABLE READ")
    connection.cursor().execute("SELECT count(*) FROM stages")
    yield
    connection.close()


def run(engine: Engine, statements: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statements.replace("%", "%%"))


def vacuum(engine: Engine, *tables: str) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            connection.execute(text(f"VACUUM ANALYZE {table}"))
