"""FUNNEL_HOME: the one folder an installation writes to, held by one `funnel up` at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO

#: a log that has grown beyond this (bytes) is put aside at the next start
LONGEST_LOG = 10_000_000


class HomeError(Exception):
    """The folder cannot be used; the message is one line for the operator."""


class Home:
    """A folder that this process holds: nobody else starts in it while it lives, however it dies."""

    def __init__(self, path: Path) -> None:
        """Make the folder and take hold of it. Raises HomeError."""
        self.path = path
        self._lock = self._hold()

    def log(self, name: str) -> Path:
        """Where the output of `name` goes; a long one of earlier starts is put aside first."""
        path = self.path / "log" / f"{name}.log"
        if path.exists() and path.stat().st_size > LONGEST_LOG:
            path.rename(path.with_suffix(".log.1"))
        return path

    def counters(self) -> Path:
        """An empty folder for the counters of this start's processes."""
        path = self.path / "metrics"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return path

    def _hold(self) -> IO[str]:
        try:
            (self.path / "log").mkdir(parents=True, exist_ok=True)
            lock = (self.path / "up.lock").open("a+")
        except OSError as error:
            raise HomeError(f"{error.filename} cannot be used: {error.strerror}.") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise HomeError(f"funnel is already up in {self.path} (process {lock.read().strip()}).") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        return lock
