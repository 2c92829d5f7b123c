"""Exports of a million leads as they leave the process, beside the same rows as PostgreSQL copies them to nobody."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg2
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.advance import run, vacuum
from bench.place import ROOT, database
from bench.table import Line
from funnel.crm import forms
from funnel.db import Database, open_engine
from funnel.exports import Export, chosen, leads_table, open_stream
from funnel.exports.export import literally
from funnel.hints import libpq_url
from funnel.schemas.form import FormIn

SEED = """
    INSERT INTO leads (email, fields, tags, stage, stage_since, fit, engagement, engaged_at, locale, created_at,
                       updated_at)
    SELECT 'lead' || n || '@example.com',
           jsonb_build_object('first_name', 'Anna' || n % 100, 'last_name', 'Meier' || n % 1000,
                              'company', 'Firma ' || n % 5000, 'phone', '+33 6 12 34 ' || n % 100, 'city', 'Lyon'),
           ARRAY['trial', 'fair'], 'lead', now(), 10, 5.5, now() - interval '3 days', 'fr', now(), now()
      FROM generate_series(1, {leads}) AS n
"""
FIELDS = ("first_name", "last_name", "company", "phone", "city")
FORM = {
    "key": "bench",
    "name": "Bench",
    "fields": [{"key": "email", "label": "Email", "type": "email", "required": True}]
    + [{"key": key, "label": key, "type": "text"} for key in FIELDS],
    "consents": [],
}


def measure(cluster_url: str, leads: int) -> Iterator[Line]:
    """Rows per second of each format, and what the memory of the process grows by meanwhile."""
    with database(cluster_url, "bench_export") as (url, engine):
        run(engine, SEED.format(leads=leads))
        with Session(engine) as session, session.begin():
            forms.create_form(session, FormIn().load(FORM), datetime.now(UTC))
        vacuum(engine, "leads")
        for kind in ("csv", "ndjson", "parquet"):
            bare = leads / _bare(url, kind)
            seconds, grown = _ours(url, kind)
            limit = "COPY of the same rows to nobody" if kind != "parquet" else "COPY of them in binary"
            yield Line(f"export {leads:,} leads, {kind}", leads / seconds, "rows/s", bare, limit)
            yield Line(f"the same, memory it grew by, {kind}", grown, "MB")


class Nobody:
    def write(self, _: bytes) -> None: ...


def _export(url: str, kind: str) -> Export:
    engine = open_engine(url)
    with Session(engine) as session:
        table = leads_table(session, datetime.now(UTC))
    engine.dispose()
    return Export(table, chosen(table, ()), kind)  # type: ignore[arg-type]


def _bare(url: str, kind: str) -> float:
    """Seconds of the best of two runs: the columns as they are, nothing written in our way."""
    export = _export(url, kind)
    row = f"SELECT {', '.join(column.value for _, column in export.columns)} FROM leads"
    if kind == "ndjson":
        row = f"SELECT row_to_json(t) FROM ({row}) AS t"
    options = {"csv": "FORMAT csv", "ndjson": "FORMAT text", "parquet": "FORMAT binary"}[kind]
    connection = psycopg2.connect(libpq_url(url))
    best = float("inf")
    with connection.cursor() as cursor:
        statement = literally(cursor, text(f"COPY ({row}) TO STDOUT WITH ({options})"), export.table.params)
        for _ in range(2):
            started = time.monotonic()
            cursor.copy_expert(statement, Nobody())
            best = min(best, time.monotonic() - started)
    connection.close()
    return best


def _ours(url: str, kind: str) -> tuple[float, float]:
    """Seconds and megabytes of a process of its own that exports twice; the better time."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.export", url, kind], cwd=ROOT, check=True, capture_output=True, text=True
    )
    seconds, grown = told.stdout.split()
    return float(seconds), float(grown)


def _alone(url: str, kind: str) -> None:
    export, database = _export(url, kind), Database(open_engine(url))
    best, before = float("inf"), 0
    for _ in range(2):
        started = time.monotonic()
        stream = open_stream(database, export)
        before = before or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _piece in stream:
            pass
        stream.close()
        best = min(best, time.monotonic() - started)
    print(best, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


if __name__ == "__main__":
    _alone(sys.argv[1], sys.argv[2])
