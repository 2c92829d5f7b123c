"""Numbers for operators: counters of what processes did, and gauges read from the database when asked.

Counters of all processes add up when `PROMETHEUS_MULTIPROC_DIR` names a directory before Python starts (the
supervisor sets FUNNEL_HOME/metrics and empties it at its own start); without it a process knows its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.context import Context
from funnel.crm import installation
from funnel.crm.sending import sending

_submissions = Counter("funnel_form_submissions", "Form submissions of this installation, by outcome.", ["outcome"])
_messages = Counter("funnel_messages", "Messages that were settled, by outcome.", ["outcome"])


def count_submission(outcome: str) -> None:
    """accepted, spam, rejected, or kept until the database is back."""
    _of_outcome(outcome).inc()


@cache
def _of_outcome(outcome: str) -> Counter:
    # Finding the counter of a label takes longer than counting.
    return _submissions.labels(outcome)


def count_messages(outcome: str, n: int = 1) -> None:
    """accepted, refused, skipped or unknown."""
    _messages.labels(outcome).inc(n)


@dataclass(frozen=True)
class Gauge:
    """A number read from the database with one cheap, indexed query."""

    name: str
    help: str
    #: given the session, the context, engine time
    read: Callable[[Session, Context, datetime], float]


def real_seconds(context: Context, now: datetime, since: datetime | None) -> float:
    """How long ago an engine time was, in real seconds; zero for nothing and for the future."""
    return max((now - since).total_seconds() / context.clock.speed, 0.0) if since else 0.0


def _reactions_lag(session: Session, context: Context, now: datetime) -> float:
    oldest = text("SELECT at FROM pending_facts WHERE failed IS NULL ORDER BY event_id LIMIT 1")
    return real_seconds(context, now, session.scalar(oldest))


def _sending_held(session: Session, context: Context, now: datetime) -> float:
    return float(sending(installation.read(session), context.wall()).state != "open")


# A session that is idle in a transaction and wrote nothing keeps no row version (READ COMMITTED), so it is left out.
_OLDEST_TRANSACTION = text("""
    SELECT extract(epoch FROM clock_timestamp() - least(
        (SELECT min(xact_start) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'
            AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)),
        (SELECT min(prepared) FROM pg_prepared_xacts WHERE database = current_database())))
""")


def _oldest_transaction(session: Session, context: Context, now: datetime) -> float:
    return float(session.scalar(_OLDEST_TRANSACTION) or 0)


GAUGES = (
    Gauge("funnel_reactions_lag_seconds", "Age of the oldest fact nobody has reacted to yet.", _reactions_lag),
    Gauge(
        "funnel_oldest_transaction_seconds",
        "Age of the oldest transaction that keeps row versions from being cleared away, in real seconds.",
        _oldest_transaction,
    ),
    Gauge("funnel_sending_held", "1 while sending is held or the mail account is paused.", _sending_held),
)


def exposition(
    gauges: Iterable[tuple[Gauge, float]], *, database_up: bool, kept: tuple[int, int, float] = (0, 0, 0.0)
) -> bytes:
    """All counters and these gauges in Prometheus' text format. `kept` is the summary of this machine's spool."""
    several = "PROMETHEUS_MULTIPROC_DIR" in os.environ
    counters = CollectorRegistry()
    if several:
        MultiProcessCollector(counters)  # type: ignore[no-untyped-call]
    own = CollectorRegistry()
    own.register(_Read([*gauges, (_DATABASE_UP, float(database_up)), *zip(_KEPT, map(float, kept), strict=True)]))
    return generate_latest(counters if several else REGISTRY) + generate_latest(own)


def _told_elsewhere(session: Session, context: Context, now: datetime) -> float:
    raise NotImplementedError("known without the database")


_DATABASE_UP = Gauge("funnel_database_up", "1 when the database answered this scrape.", _told_elsewhere)
_KEPT = (
    Gauge("funnel_spool_waiting", "What people did that waits for the database, on this machine.", _told_elsewhere),
    Gauge("funnel_spool_set_aside", "What was kept and cannot be done: a person has to look.", _told_elsewhere),
    Gauge("funnel_spool_oldest_seconds", "How long the oldest of it has been kept.", _told_elsewhere),
)


class _Read(Collector):
    """Gauges whose values were read for one scrape."""

    def __init__(self, values: list[tuple[Gauge, float]]) -> None:
        self.values = values

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for gauge, value in self.values:
            yield GaugeMetricFamily(gauge.name, gauge.help, value=value)
