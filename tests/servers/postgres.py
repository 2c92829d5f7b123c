"""A durable PostgreSQL: fsync and synchronous commit on, because the proofs end it without warning."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Self

from funnel import migrate
from funnel.db import open_engine
from funnel.embedded import EmbeddedPostgres

SETTINGS = {"max_connections": "200", "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class Postgres:
    """The embedded server in a folder of its own, migrated at the first start."""

    def __init__(self, home: Path) -> None:
        self.server = EmbeddedPostgres(home, settings=SETTINGS)
        self.url = self.server.url

    def start(self) -> None:
        self.server.start(timeout=90)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it at once: SIGKILL the postmaster, or SIGQUIT, which is `pg_ctl stop -m immediate`."""
        pid = self.server.postmaster()
        if pid is None:
            raise RuntimeError("there is no server to kill")
        os.kill(pid, number)
        if self.server._process is not None:
            self.server._process.wait()

    def __enter__(self) -> Self:
        self.start()
        engine = open_engine(self.url)
        migrate.upgrade(engine)
        engine.dispose()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()
