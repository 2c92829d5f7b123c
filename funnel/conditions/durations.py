"""Durations as people write them: "2 days", "90 minutes", "1 day 12 hours"."""

from __future__ import annotations

import re
from datetime import timedelta

LONGEST = timedelta(days=3650)

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*([a-z]+)")
_BETWEEN = re.compile(r"[\s,]*(?:and\b)?\s*")
_EXPECTED = 'expected a duration such as "2 days", "90 minutes" or "1 day 12 hours"'


def parse_duration(value: object) -> timedelta:
    """Seconds, minutes, hours, days (of 24 hours) and weeks, up to ten years. ValueError says what was expected."""
    if not isinstance(value, str):
        raise ValueError(f"{_EXPECTED}; a bare number has no unit" if _is_number(value) else _EXPECTED)
    rest, seconds = value.strip().lower(), 0.0
    if not rest or len(rest) > 100:
        raise ValueError(_EXPECTED)
    while rest:
        part = _PART.match(rest)
        if not part:
            raise ValueError(_EXPECTED)
        seconds += float(part[1]) * _seconds(part[2])
        rest = rest[part.end() :]
        rest = rest[_BETWEEN.match(rest).end() :]  # type: ignore[union-attr]  # it matches the empty text too
    if seconds > LONGEST.total_seconds():
        raise ValueError("expected a duration of ten years at most")
    return timedelta(seconds=seconds)


def _seconds(unit: str) -> int:
    name = unit.removesuffix("s")
    if name in ("month", "year"):
        raise ValueError(f'a {name} has no fixed length: write it in days or weeks, such as "30 days"')
    if name not in _UNITS:
        raise ValueError(f'"{unit}" is no unit of time: use seconds, minutes, hours, days or weeks')
    return _UNITS[name]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
