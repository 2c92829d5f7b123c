"""Reading a send window: `{"days": "mon-fri", "from": "09:00", "to": "18:00", "zone": "lead"}`."""

from __future__ import annotations

import re

from funnel.conditions import Reading
from funnel.conditions.reading import below, shown
from nurture_sequences.timing import DAYS, Window, zone_named

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


def read_window(reading: Reading, value: object, path: str) -> Window | None:
    """Days default to every day, the zone to the lead's own."""
    found = reading.mapping(value, path, ("days", "from", "to", "zone"), ("from", "to"))
    days = _days(reading, found["days"], below(path, "days")) if "days" in found else frozenset(range(7))
    start, end = (_minute(reading, found[key], below(path, key)) if key in found else None for key in ("from", "to"))
    zone = _zone(reading, found.get("zone", "lead"), below(path, "zone"))
    return None if days is None or start is None or end is None else Window(days, start % 1440, end, zone)


def _days(reading: Reading, value: object, path: str) -> frozenset[int] | None:
    """ "mon-fri", "sat,sun", or a list of such texts."""
    words = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
    spans = [_span(word) for word in words[:50]]
    days = frozenset(day for span in spans for day in span)
    if not spans or not all(spans):
        reading.complain(path, f'expected days such as "mon-fri" or "mon,wed,sat", not {shown(value)}')
        return None
    return days


def _span(word: object) -> list[int]:
    """The days from one to another, over the week's end if need be; none if the text names no days."""
    ends = word.strip().lower().split("-") if isinstance(word, str) else []
    if not 1 <= len(ends) <= 2 or any(end not in DAYS for end in ends):
        return []
    first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
    return [(first + n) % 7 for n in range((last - first) % 7 + 1)]


def _minute(reading: Reading, value: object, path: str) -> int | None:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if not match:
        # YAML reads 09:00 without quotes as a number.
        reading.complain(path, f'expected a time such as "09:00" (in quotes), not {shown(value)}')
        return None
    return int(match[0][:2]) * 60 + int(match[0][3:])


def _zone(reading: Reading, value: object, path: str) -> str | None:
    if value == "lead":
        return None
    name = reading.text(value, path)
    if name is not None and zone_named(name) is None:
        reading.complain(path, f'expected "lead" or a time zone such as "Europe/Paris", not {shown(value)}')
    return name
