"""Pure: durations, and send windows in anybody's time zone, right on the days when clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import count
from zoneinfo import ZoneInfo

from funnel.conditions import parse_duration

__all__ = ["DAYS", "Window", "next_open", "parse_duration", "zone_named"]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Window:
    """When mail may leave: on these days (0 is Monday), from one minute of the day up to another.

    A window that ends before it begins runs past midnight and belongs to the day it began on;
    equal ends mean the whole day from then on.
    """

    days: frozenset[int]
    from_minute: int
    to_minute: int
    #: an IANA name, or None for the lead's own zone
    zone: str | None = None

    def holds(self, local: datetime) -> bool:
        """Whether the clock on the wall, in the window's zone, reads a time inside."""
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.from_minute < self.to_minute:
            return day in self.days and self.from_minute <= minute < self.to_minute
        yesterday = (day - 1) % 7
        return (day in self.days and minute >= self.from_minute) or (yesterday in self.days and minute < self.to_minute)


def next_open(window: Window, zone: str | None, now: datetime) -> datetime:
    """`now` when the window is open, else the first moment at which it is; in UTC.

    `zone` is the lead's; a window with a zone of its own does not look at it. Unknown zones count as UTC.
    """
    place = zone_named(window.zone or zone or "UTC") or UTC
    if window.holds(now.astimezone(place)):
        return now.astimezone(UTC)
    return next(at for at in _moments(window, place, now) if at > now and window.holds(at.astimezone(place)))


@lru_cache(maxsize=1000)
def zone_named(name: str) -> tzinfo | None:
    """The zone with this IANA name; None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name at all; a folder of the zone database
        return None


def _moments(window: Window, place: tzinfo, now: datetime) -> Iterator[datetime]:
    """Every moment from the day before `now` at which the window may begin to be open, in order."""
    day = now.astimezone(place).date() - timedelta(days=1)
    opening = time(window.from_minute // 60, window.from_minute % 60)
    for n in count():
        local = datetime.combine(day + timedelta(days=n), opening, place)
        # Clocks set back show the opening time twice.
        at_opening = {local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)}
        yield from sorted(at_opening | _clock_changes(local.replace(hour=0, minute=0), place))


def _clock_changes(midnight: datetime, place: tzinfo) -> set[datetime]:
    """The moment of this day at which clocks are set forward or back: it may open a window by itself."""
    early = midnight.astimezone(UTC)
    late = early + timedelta(days=1)
    if early.astimezone(place).utcoffset() == late.astimezone(place).utcoffset():
        return set()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(place).utcoffset() == early.astimezone(place).utcoffset():
            early = middle
        else:
            late = middle
    return {late.replace(microsecond=0)}
