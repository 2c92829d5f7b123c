"""Bytes of an export while the database makes them: a thread reads, whoever downloads takes, memory stays flat."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import TypeAlias

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812

from funnel.db import IMPATIENCE
from funnel.exports.export import Export
from funnel.hints import libpq_url

log = logging.getLogger(__name__)

#: bytes of a piece, and how many pieces wait to be taken
PIECE, WAITING = 256 * 1024, 4
#: seconds after which a download that takes nothing is given up: its snapshot keeps the database from cleaning up
STALLED = 120
_OPTIONS = (
    "-c timezone=UTC -c jit=off -c statement_timeout=0 -c default_transaction_read_only=on"
    " -c idle_in_transaction_session_timeout=60000"
)
#: What ends a file that broke off, where the server does not let us break the connection: no program reads past it,
#: and people see it.
BROKEN = {
    "csv": b'"THIS EXPORT IS INCOMPLETE: it broke off here. Start it again.',
    "ndjson": b'{"incomplete": "this export broke off here, start it again',
    "parquet": b"",  # without its footer it is no Parquet file
}


class BrokenError(Exception):
    """The export broke off in the middle."""


class GivenUpError(Exception):
    """Nobody takes what is made."""


class Sink:
    """A file to write to; hands on pieces of about PIECE bytes, and waits while enough of them are waiting."""

    def __init__(self, stopped: threading.Event) -> None:
        self.queue: Queue[bytes | None] = Queue(WAITING)
        self._stopped = stopped

    def put(self, piece: bytes | None) -> None:
        """None is the end. Raises GivenUpError."""
        deadline = time.monotonic() + STALLED
        while not self._stopped.is_set():
            try:
                self.queue.put(piece, timeout=0.5)
            except Full:
                if time.monotonic() > deadline:
                    break
            else:
                return
        raise GivenUpError


class Lines:
    """What COPY writes to: it calls once for each row, with the row's line."""

    def __init__(self, sink: Sink, end: bytes) -> None:
        self._sink, self._end = sink, end
        self._lines: list[bytes] = []
        self._size = 0

    def write(self, line: bytes) -> None:
        self._lines.append(line[:-1])
        self._size += len(line)
        if self._size > PIECE:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            self._sink.put(self._end.join(self._lines) + self._end)
            self._lines, self._size = [], 0


Produce: TypeAlias = Callable[[Connection, Export, Sink], None]


def copied(connection: Connection, export: Export, sink: Sink) -> None:
    """CSV (RFC 4180: lines end with CR LF) or NDJSON, a line of PostgreSQL's for each row."""
    if export.bom and export.format == "csv":
        sink.put(b"\xef\xbb\xbf")
    lines = Lines(sink, b"\r\n" if export.format == "csv" else b"\n")
    with connection.cursor() as cursor:
        cursor.copy_expert(export.copy(cursor), lines)
    lines.flush()


class Stream:
    """Iterate over the pieces, and `close` in any case. The first piece is there when this is made, so that an export
    that cannot begin raises its error here; one that breaks off later ends with a mark and raises BrokenError."""

    def __init__(self, database_url: str, export: Export, produce: Produce) -> None:
        self._export, self._produce = export, produce
        self._stopped = threading.Event()
        self._sink = Sink(self._stopped)
        self._error: BaseException | None = None
        self._connection = psycopg2.connect(
            libpq_url(database_url), connect_timeout=5, application_name="funnel export", options=_OPTIONS, **IMPATIENCE
        )
        self._thread = threading.Thread(target=self._run, name="export", daemon=True)
        self._thread.start()
        self._first = self._next()
        if self._first is None and self._error:
            self.close()
            raise self._error

    def __iter__(self) -> Iterator[bytes]:
        piece = self._first
        while piece is not None:
            yield piece
            piece = self._next()
        if self._error:
            log.error("an export broke off", exc_info=self._error)
            yield BROKEN[self._export.format]
            raise BrokenError

    def close(self) -> None:
        """Free the database's connection at once, whatever it is at."""
        self._stopped.set()
        if self._thread.is_alive():
            with suppress(psycopg2.Error):  # it has ended meanwhile
                self._connection.cancel()
        self._thread.join(10)

    def _next(self) -> bytes | None:
        while True:
            try:
                return self._sink.queue.get(timeout=1)
            except Empty:
                if not self._thread.is_alive() and self._sink.queue.empty():
                    return None

    def _run(self) -> None:
        try:
            self._produce(self._connection, self._export, self._sink)
            self._sink.put(None)
        except BaseException as error:
            if not self._stopped.is_set():
                self._error = error
        finally:
            self._connection.close()
            self._end()

    def _end(self) -> None:
        with suppress(Full):  # whoever takes sees that the thread is over
            self._sink.queue.put_nowait(None)
