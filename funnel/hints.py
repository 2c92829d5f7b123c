"""NOTIFY as a hint: sent after the commit, coalesced, by a thread of its own. The poll is the truth.

A NOTIFY inside the transaction would make all commits of the database queue behind one lock.
"""

from __future__ import annotations

import logging
import threading
import time

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from funnel.db import IMPATIENCE

CHANNEL = "funnel_hint"
#: at most one NOTIFY in this time (wall seconds)
PAUSE = 0.02

log = logging.getLogger(__name__)


def libpq_url(url: str) -> str:
    """The same address as libpq writes it, without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg2://", "postgresql://", 1)


class Hinter:
    """Call it after a commit; the pulses that listen look at once instead of at their next poll."""

    def __init__(self, url: str) -> None:
        self._url = libpq_url(url)
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def __call__(self) -> None:
        self._wanted.set()
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        # Started at the first hint, so that a server that forks its workers forks no thread.
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        connection = None
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                if connection is None:
                    connection = psycopg2.connect(
                        self._url, connect_timeout=5, application_name="funnel hints", **IMPATIENCE
                    )
                    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
                with connection.cursor() as cursor:
                    cursor.execute(f"NOTIFY {CHANNEL}")
            except psycopg2.Error as error:
                log.warning("hint not sent, the poll will find it", extra={"error": str(error).strip()})
                connection = None
            time.sleep(PAUSE)
