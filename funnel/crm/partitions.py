"""Months of the log: made ahead of time, so that a fact finds its own partition and old months can be dropped."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from itertools import pairwise

from psycopg2.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

AHEAD = 3

_EXISTING = text("""
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'events'::regclass
""")
_STRAYS = text("SELECT 1 FROM events_default WHERE at >= :first AND at < :last LIMIT 1")


def ensure(session: Session, now: datetime) -> None:
    """Make the partitions of this month and the next ones.

    A month whose facts lie in the default partition already stays there: the log answers the same, and moving
    facts is not worth a lock. Behind a long reader (a dump) nothing is made this time: whoever waits for the log
    alone makes everybody who writes to it wait behind.
    """
    try:
        with session.begin_nested():
            session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            _make(session, now)
            session.execute(text("SET LOCAL lock_timeout = DEFAULT"))
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        log.info("the log is being read, its next months are made later")


def _make(session: Session, now: datetime) -> None:
    existing = set(session.execute(_EXISTING).scalars())
    for first, last in months(now, AHEAD):
        name = f"events_{first:%Y_%m}"
        if name in existing or session.execute(_STRAYS, {"first": first, "last": last}).first():
            continue
        bounds = f"FROM ('{first.isoformat()}') TO ('{last.isoformat()}')"
        session.execute(text(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF events FOR VALUES {bounds}"))


def months(now: datetime, ahead: int) -> list[tuple[datetime, datetime]]:
    """The first moments (UTC) of this month and of the `ahead` next ones, each with that of the month after."""
    starts = [_start(now.year, now.month - 1 + offset) for offset in range(ahead + 2)]
    return list(pairwise(starts))


def _start(year: int, month: int) -> datetime:
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
