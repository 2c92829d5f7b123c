"""How many a second: of real actors by the rows that they leave behind, and of bare SQL that writes the same rows."""

from __future__ import annotations

import multiprocessing
import time

import psycopg2
from sqlalchemy import Engine, text

from funnel.hints import libpq_url


def by_rows(engine: Engine, table: str, due: int) -> float:
    """Rows a second between the first tenth and the last of those that are `due`: the ramp and the tail are not the
    rate."""
    marks: list[tuple[float, int]] = []
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            done = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
        marks.append((time.monotonic(), int(done or 0)))
        if marks[-1][1] - marks[0][1] >= due * 0.98:
            break
        time.sleep(0.2)
    first = next(mark for mark in marks if mark[1] >= marks[0][1] + due * 0.1)
    last = next((mark for mark in marks if mark[1] >= marks[0][1] + due * 0.9), marks[-1])
    return (last[1] - first[1]) / max(last[0] - first[0], 1e-9)


def bare(url: str, statement: str) -> float:
    """Rows a second when two connections run the statement, and commit, until it finds nothing more."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        results = pool.starmap(_loop, [(url, statement)] * 2)
    return sum(done for done, _ in results) / max(seconds for _, seconds in results)


def _loop(url: str, statement: str) -> tuple[int, float]:
    connection = psycopg2.connect(libpq_url(url))
    done, started = 0, time.monotonic()
    with connection.cursor() as cursor:
        while True:
            cursor.execute(statement)
            connection.commit()
            if not cursor.rowcount:
                break
            done += cursor.rowcount
    return done, time.monotonic() - started
