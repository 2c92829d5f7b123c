"""How the pulse sleeps: until a hint of the database, a wake-up of its own process, or the poll."""

from __future__ import annotations

import select
from typing import Any

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from funnel.db import IMPATIENCE
from funnel.hints import CHANNEL, libpq_url
from nurture_sequences.engine import Engine


class Listener:
    """Sleeps until a hint, a wake-up of this process, or the poll."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.connection: Any = None

    def wait(self, seconds: float) -> None:
        sources: list[Any] = [self.engine.wake]
        if self._listening():
            sources.append(self.connection)
        try:
            select.select(sources, [], [], seconds)
            self.engine.wake.clear()
            if self.connection is not None:
                self.connection.poll()
                self.connection.notifies.clear()
        except (psycopg2.Error, OSError, ValueError):
            self.close()

    def _listening(self) -> bool:
        if self.connection is None:
            try:
                url = libpq_url(self.engine.context.settings.database_url)
                connection = psycopg2.connect(url, connect_timeout=2, application_name="funnel pulse", **IMPATIENCE)
                connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
                with connection.cursor() as cursor:
                    cursor.execute(f"LISTEN {CHANNEL}")
                self.connection = connection
            except psycopg2.Error:
                return False  # hints are a convenience; the turn itself says when the database is away
        return True

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
