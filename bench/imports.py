"""A file of people imported by the job itself: read, checked, deduplicated, written; beside a bare COPY of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from bench.advance import vacuum
from bench.place import KEYS, database
from bench.table import Line
from funnel import config, import_work, jobs
from funnel.context import Context
from funnel.crm import files, imports
from funnel.importing import Sniffer
from funnel.models import Import

_RAW = """
    DROP TABLE IF EXISTS bare;
    CREATE TABLE bare (email text, first_name text, last_name text, company text, city text, country text,
                       created text);
"""
_COPY = "COPY bare FROM STDIN (FORMAT csv, HEADER)"
CONSENT = {
    "state": "consented",
    "purpose": "email_marketing",
    "wording": "Send me the letter",
    "at": "2025-01-02T00:00:00+00:00",
    "proof": "the form of the shop",
}


def pieces(rows: int) -> Iterator[bytes]:
    """The file: one row in a hundred is refused, one in fifty repeats an earlier one, one in forty says no to mail."""
    yield b"Email,First name,Last name,Company,City,Country,Created,Unsubscribed\n"
    for start in range(0, rows, 10_000):
        lines = []
        for n in range(start, min(start + 10_000, rows)):
            # Spread, so that the addresses come in no order.
            who = (n - n % 50 if n % 50 == 7 else n) * 7_919 % 9_999_991
            email = "not an address" if n % 100 == 3 else f"lead{who}@example{who % 500}.com"
            no = "yes" if n % 40 == 11 else ""
            lines.append(f'{email},Léa,Martin {n},"Acme, {who % 5000}",Lyon,France,2024-03-{n % 28 + 1:02},{no}\n')
        yield "".join(lines).encode()


def measure(cluster_url: str, rows: int) -> Iterator[Line]:
    """Rows a second of a run from an uploaded file to its report, of the same file again, and the memory it needs."""
    with database(cluster_url, "bench_import") as (url, engine):
        context = Context.open(
            config.load({"DATABASE_URL": url.replace("+psycopg2", ""), "FUNNEL_HOME": "var", **KEYS}), connections=2
        )
        bare = _bare(engine, rows)
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here (proc(5))
        before = _megabytes()
        one = _uploaded(context, rows)
        first, result = _run(context, one)
        if result["new"] < rows * 0.9 or result["may_mail"] >= result["new"]:
            raise RuntimeError(f"the import is not what it should be: {result}")
        vacuum(engine, "leads", "events", "consents")
        checking, _ = _run(context, again := _uploaded(context, rows), dry=True)
        second, result = _run(context, again)
        if result["new"] or result["updated"]:
            raise RuntimeError(f"importing again should change nothing: {result}")
        memory = _megabytes() - before
        context.database.bind.dispose()  # type: ignore[union-attr]
    name = f"import, {rows:,} rows"
    yield Line(f"{name}, all of them new", rows / first, "rows/s", rows / bare, "bare COPY, the same rows")
    yield Line(f"{name}, a dry run of the same file again", rows / checking, "rows/s", rows / bare, "bare COPY")
    yield Line(f"{name}, the run after it, nothing changed", rows / second, "rows/s", rows / bare, "bare COPY")
    yield Line(f"{name}, memory it added", memory, "MB")


def _bare(engine: Engine, rows: int) -> float:
    data = b"".join(pieces(rows)).decode().splitlines(keepends=True)
    table = "".join(line.rpartition(",")[0] + "\n" for line in data).encode()
    del data
    with engine.begin() as connection:
        connection.execute(text(_RAW))
    started = time.monotonic()
    raw: Any = engine.raw_connection()
    with raw.cursor() as cursor:
        cursor.copy_expert(_COPY, _Bytes(table))
    raw.commit()
    raw.close()
    return time.monotonic() - started


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = memoryview(data), 0

    def read(self, size: int) -> bytes:
        piece = bytes(self.data[self.at : self.at + size])
        self.at += size
        return piece


def _uploaded(context: Context, rows: int) -> int:
    wall, sniffer = datetime.now(UTC), Sniffer()

    def sniffed() -> Iterator[bytes]:
        for piece in pieces(rows):
            sniffer.feed(piece)
            yield piece

    with context.database.transaction() as session:
        file = files.create(session, "people.csv", "text/csv", wall, keep=imports.KEEP)
        files.fill(session, file.id, sniffed())
        one = imports.create(session, file.id, sniffer.guess(), "system", wall)
        imports.edit(session, one, {"consent": CONSENT}, wall)
        return one.id


def _run(context: Context, import_id: int, *, dry: bool = False) -> tuple[float, dict[str, Any]]:
    with context.database.transaction() as session:
        one = session.get_one(Import, import_id)
        job_id = imports.ask(session, one, "system", datetime.now(UTC), dry=dry).id
    started = time.monotonic()
    jobs.work(context, import_work.kinds(context.settings), job_id, lambda: True)
    took = time.monotonic() - started
    with context.database.transaction() as session:
        one = session.get_one(Import, import_id)
        result = one.checked if dry else one.result
        if result is None:
            job = imports.job_of(session, one)
            raise RuntimeError(f"the import failed: {job.reason if job else None}")
        return took, result


def _megabytes() -> float:
    """The most this process had in memory since its peak was forgotten."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
