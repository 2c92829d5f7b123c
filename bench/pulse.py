"""A turn of the pulse with nothing due, many enrollments waiting; beside one bare round trip."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import orjson
from dramatiq.brokers.stub import StubBroker
from sqlalchemy import Engine, text

from bench.advance import DOCUMENT, SEED, run, vacuum
from bench.place import KEYS, database
from bench.table import Line
from funnel import config
from funnel.context import Context
from funnel.db import Database
from nurture_sequences.actors import Actors
from nurture_sequences.engine import Engine as SequenceEngine
from nurture_sequences.handing_out import Limits
from nurture_sequences.mailers import open_mailer
from nurture_sequences.pulse import Pulse

TURNS = 300


def measure(cluster_url: str, waiting: int) -> Iterator[Line]:
    """Milliseconds of an empty turn, the median of some hundreds."""
    with database(cluster_url, "bench_pulse") as (url, engine):
        run(engine, SEED.format(document=orjson.dumps(DOCUMENT).decode(), waiting=waiting))
        vacuum(engine, "leads", "enrollments")
        settings = config.load({**KEYS, "DATABASE_URL": url})
        context = Context(settings, Database(engine))
        sequences = SequenceEngine(context, open_mailer(settings, context.database))
        pulse = Pulse(sequences, Actors(StubBroker(middleware=[]), sequences), Limits("bench", 16))
        ours = _median(pulse.turn)
        bare = _median(lambda: _round_trip(engine))
        sequences.close()
    yield Line(f"empty pulse, {waiting:,} waiting", ours * 1000, "ms", bare * 1000, "ms: BEGIN, SELECT 1, COMMIT")


def _median(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(TURNS):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _round_trip(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
