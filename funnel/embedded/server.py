"""The life of the embedded server: made once, started or found running, stopped.

It listens on a Unix socket in a folder only its owner can enter, and on no port; that is what makes
passwordless access to it acceptable.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from funnel.embedded.cluster import ADVICE, check_or_make_data, last_line, make_folders, switched
from funnel.embedded.place import PostgresError, find_place
from funnel.embedded.processes import command_line

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    # Room between checkpoints: after each, the first change of a page is logged whole.
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # A statement here takes a millisecond; compiling one for it would take more.
    "jit": "off",
    "random_page_cost": "1.1",
    "max_connections": "100",
    "log_line_prefix": "%m [%p] ",
    "log_min_error_statement": "panic",  # a failed statement holds people's data: the error without it
}
#: what a new server says while a killed one still lets go of its memory and locks: worth another try
PASSING = ("shared memory", "lock file", "starting up", "shutting down")
COMPLAINTS = (b"FATAL", b"PANIC", b"rror", b"could not")
#: seconds between two looks at a server that starts or stops
LOOK = 0.02


class EmbeddedPostgres:
    """One server with one database, in `home`; `settings` override postgresql.conf, `log` takes its output.

    Several processes may start the same home at once: one launches it, the others find it running.
    A server outlives a killed starter, and the next start adopts it.
    """

    def __init__(
        self,
        home: str | Path,
        database: str = "funnel",
        settings: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        self.place = find_place(Path(home))
        self.database = database
        self.settings = {**SETTINGS, **(settings or {}), "unix_socket_directories": str(self.place.socket)}
        self.log = log or self.place.home / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The database's address, for SQLAlchemy."""
        return self.place.url(self.database)

    def start(self, timeout: float = 30) -> str:
        """Make the server if there is none, start it unless it runs, and return the database's URL.

        Waits `timeout` seconds at most. Raises PostgresError.
        """
        try:
            make_folders(self.place)
            with (self.place.home / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                check_or_make_data(self.place)
                self._make_database(self._launch_and_connect(time.monotonic() + timeout))
        except OSError as error:
            raise PostgresError(f"{error.filename or self.place.home}: {error.strerror}.") from None
        return self.url

    def stop(self, timeout: float = 30) -> None:
        """Stop the server, whoever started it: fast, and after `timeout` seconds immediately."""
        for number in (signal.SIGINT, signal.SIGQUIT):
            pid = self.postmaster()
            if pid is None:
                break
            os.kill(pid, number)
            if self._ends_within(timeout):
                break
        self._process = None

    def postmaster(self) -> int | None:
        """Process id of the live server of this very data folder, or None."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        try:
            pid = int((self.place.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        command = command_line(pid)
        return pid if "postgres" in command and str(self.place.data) in command else None

    def _launch_and_connect(self, deadline: float) -> Connection:
        said = self._log_size()
        if self.postmaster() is None:
            self._process = None  # an earlier one of ours was killed; its end says nothing of this start
        while True:
            if self.postmaster() is None:
                self._refuse_unless_passing(said)
                said = self._log_size()
                self._launch()
            try:
                return psycopg2.connect(host=str(self.place.socket), user="postgres", dbname="postgres")
            except psycopg2.OperationalError:
                if time.monotonic() > deadline:
                    raise PostgresError(f"PostgreSQL did not start: {self._reason(said)}. See {self.log}.") from None
            time.sleep(LOOK)

    def _refuse_unless_passing(self, said: int) -> None:
        """A server that ended with an error is started again only when that error passes by itself."""
        if self._process is None:
            return
        reason = self._reason(said)
        if not any(words in reason for words in PASSING):
            raise PostgresError(f"PostgreSQL does not start: {reason}. {ADVICE} See {self.log}.")
        time.sleep(0.3)

    def _launch(self) -> None:
        # Whatever lies there is stale: we hold the lock and no server of this folder lives.
        (self.place.data / "postmaster.pid").unlink(missing_ok=True)
        for left_over in self.place.socket.glob(".s.PGSQL.*"):
            left_over.unlink()
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*self.place.prefix, str(self.place.binaries / "postgres"), "-D", str(self.place.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,  # Ctrl-C in the terminal must not take the database away first
                **switched(self.place),
            )

    def _make_database(self, connection: Connection) -> None:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (self.database,))
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{self.database}"')
        connection.close()

    def _ends_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.postmaster() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK)
        return True

    def _log_size(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0

    def _reason(self, said: int) -> str:
        """The server's last complaint since its log had `said` bytes."""
        with self.log.open("rb") as log:
            log.seek(said)
            lines = [line for line in log.read().splitlines() if any(word in line for word in COMPLAINTS)]
        return last_line(lines[-1]).split(":  ", 1)[-1].rstrip(".") if lines else "it says nothing"
