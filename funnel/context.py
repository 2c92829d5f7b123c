"""What every process carries: settings, database, and the two clocks. `now` enters the project here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import text

from funnel.clock import EngineClock
from funnel.config import Settings
from funnel.db import Database, open_engine
from funnel.hints import Hinter


@dataclass
class Context:
    settings: Settings
    database: Database
    _clock: EngineClock | None = field(default=None)

    @classmethod
    def open(cls, settings: Settings, *, connections: int, lock_seconds: float = 0) -> Context:
        """For a process of its own; nothing is connected before the first transaction."""
        url = settings.database_url
        engine, autocommit = (
            open_engine(url, connections=connections, lock_seconds=lock_seconds, autocommit=own)
            for own in (False, True)
        )
        return cls(settings, Database(engine, Hinter(url), autocommit))

    @property
    def clock(self) -> EngineClock:
        """Engine time; its origin is read once, since only a start of the installation changes it."""
        if self._clock is None:
            with self.database.transaction() as session:
                row = session.execute(text("SELECT wall_origin, engine_origin, speed FROM installation")).one()
            self._clock = EngineClock(row.wall_origin, row.engine_origin, row.speed)
        return self._clock

    def wall(self) -> datetime:
        """Real time, for hand-outs, signatures, logins and limits."""
        return datetime.now(UTC)

    def now(self) -> datetime:
        """Engine time, for everything that belongs to a lead's story."""
        return self.clock.now(self.wall())
