"""Pure: engine time, which `--speed N` makes run N times faster than the wall clock.

Waits, windows and decay live in engine time, and so does every time a lead's story is told in.
Real durations (hand-out, retry, grace) are wall time: put into an engine clock they are multiplied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class EngineClock:
    """Engine time as a line through one persisted origin; both times are aware and in UTC."""

    wall_origin: datetime
    engine_origin: datetime
    speed: float = 1.0

    def now(self, wall: datetime) -> datetime:
        """The engine's time at this wall time."""
        return self.engine_origin + (wall - self.wall_origin) * self.speed

    def span(self, wall_seconds: float) -> timedelta:
        """How far an engine clock moves while this many real seconds pass."""
        return timedelta(seconds=wall_seconds * self.speed)

    def with_speed(self, speed: float, wall: datetime) -> EngineClock:
        """The same clock from `wall` on at another speed: it never jumps and never goes back."""
        return EngineClock(wall, self.now(wall), speed)
