"""The file of the spool: SQLite, synced to the disk before anybody is told that something was kept."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

#: Bytes that must be free on the disk; less, and the visitor is told honestly that nothing was kept.
ROOM = 16 * 1024 * 1024
#: seconds that one process waits for another that writes
PATIENCE = 10

# What was handed over is overwritten, not only forgotten: these are people's names and addresses.
_SETTINGS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA secure_delete = ON")
_TABLE = """
    CREATE TABLE IF NOT EXISTS entries (
        number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL,
        body BLOB NOT NULL, failed TEXT, UNIQUE (kind, key))
"""


class StoreError(Exception):
    """Nothing was kept: the disk is full, or the folder cannot be written."""


@dataclass(frozen=True)
class Entry:
    """One thing to do. `at` is wall time in UTC; `body` is what its kind wrote."""

    number: int
    kind: str
    at: datetime
    body: bytes


class Store:
    """Shared by all web processes of this machine. Every method but `made` and `summary` raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "spool.sqlite"
        self._local = threading.local()

    def made(self) -> bool:
        """Whether anything was ever kept here."""
        return self._path.exists()

    def put(self, kind: str, key: str, at: datetime, body: bytes) -> None:
        """Keep this until it is done. The same kind and key once more is the same thing, and kept once."""
        self._check_room()
        self._execute(
            "INSERT INTO entries (kind, key, at, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (kind, key, at.isoformat(), body),
        )

    def after(self, number: int, limit: int = 100) -> list[Entry]:
        """What waits behind this number, oldest first."""
        rows = self._execute(
            "SELECT number, kind, at, body FROM entries WHERE failed IS NULL AND number > ? ORDER BY number LIMIT ?",
            (number, limit),
        )
        return [Entry(number, kind, datetime.fromisoformat(at), body) for number, kind, at, body in rows]

    def remove(self, numbers: Sequence[int]) -> None:
        """These are done; once `clean`, the disk holds nothing of them."""
        self._execute(f"DELETE FROM entries WHERE number IN ({','.join('?' * len(numbers))})", numbers)

    def clean(self) -> None:
        """Empty the journal, which still holds what was removed."""
        self._execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def set_aside(self, number: int, reason: str) -> None:
        """This cannot be done, and a person has to look at it; the others go on."""
        self._execute("UPDATE entries SET failed = ? WHERE number = ?", (reason, number))

    def aside(self) -> list[Entry]:
        """What was set aside."""
        rows = self._execute("SELECT number, kind, at, body FROM entries WHERE failed IS NOT NULL ORDER BY number")
        return [Entry(number, kind, datetime.fromisoformat(at), body) for number, kind, at, body in rows]

    def check(self) -> None:
        """Whether something could be kept now."""
        self._check_room()
        self._execute("BEGIN IMMEDIATE")
        self._execute("ROLLBACK")

    def summary(self, now: datetime) -> tuple[int, int, float]:
        """How many wait, how many were set aside, and how long (wall seconds) the oldest has waited."""
        if not self.made():
            return 0, 0, 0.0
        try:
            waits = "FILTER (WHERE failed IS NULL)"
            rows = self._execute(f"SELECT count(*) {waits}, count(failed), min(at) {waits} FROM entries")
        except StoreError:
            return 0, 0, 0.0
        waiting, aside, oldest = rows[0]
        return waiting, aside, (now - datetime.fromisoformat(oldest)).total_seconds() if oldest else 0.0

    def _check_room(self) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            free = shutil.disk_usage(self._path.parent).free
        except OSError as error:
            raise StoreError(f"{self._path.parent} cannot be used: {error.strerror}") from error
        if free < ROOM:
            raise StoreError(f"{self._path.parent} has only {free:,} bytes left")

    def _execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection().execute(statement, values).fetchall()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self._path} cannot be used: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        """The calling thread's own, in this process: neither may be shared."""
        if getattr(self._local, "process", None) != os.getpid():
            # One after the other: SQLite does not wait for a file whose journal another process is just changing.
            with self._path.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                connection = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None)
                os.chmod(self._path, 0o600)
                for statement in (*_SETTINGS, _TABLE):
                    connection.execute(statement)
            self._local.connection, self._local.process = connection, os.getpid()
        own: sqlite3.Connection = self._local.connection
        return own
