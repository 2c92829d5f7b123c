"""The embedded server as `funnel up` runs it; nothing at all where DATABASE_URL names another one."""

from __future__ import annotations

import os
import time
from pathlib import Path

from funnel.config import Settings
from funnel.embedded import EmbeddedPostgres, PostgresError
from funnel.supervisor.terminal import Terminal

#: seconds until a server that does not start is tried again
PATIENCE = 10.0
MEGABYTE = 1024 * 1024


def open_database(settings: Settings, log: Path) -> EmbeddedPostgres | None:
    """The server of this home, not started yet; None when it is somebody else's to run."""
    if not settings.database_embedded:
        return None
    return EmbeddedPostgres(settings.home / "pg", settings=tuned(), log=log)


def tuned() -> dict[str, str]:
    """Settings for one small machine that it shares with the service. Commits stay durable."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEGABYTE
    return {
        "shared_buffers": f"{min(max(memory // 8, 128), 1024)}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "maintenance_work_mem": "128MB",
        "synchronous_commit": "on",
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",  # a solid-state disk
        "jit": "off",  # short statements: compiling them costs more than it saves
        "log_checkpoints": "off",
        "log_lock_waits": "on",
        "log_autovacuum_min_duration": "-1",
    }


class DatabaseWatch:
    """Starts the server again when it has gone."""

    def __init__(self, server: EmbeddedPostgres, terminal: Terminal) -> None:
        self._server = server
        self._terminal = terminal
        self._try_at = 0.0

    def look(self) -> None:
        now = time.monotonic()
        if self._server.postmaster() is not None or now < self._try_at:
            return
        self._try_at = now + PATIENCE
        self._terminal.say("PostgreSQL has gone: starting it again")
        try:
            self._server.start()
            self._terminal.say("PostgreSQL is back")
        except PostgresError as error:
            self._terminal.say(str(error))
