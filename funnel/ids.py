"""Pure: ids that need no round trip to the database."""

from __future__ import annotations

import os
from datetime import datetime
from uuid import UUID


def time_ordered(at: datetime) -> UUID:
    """A UUID version 7 (RFC 9562 section 5.7): new ones sort after old ones, which keeps indexes dense."""
    milliseconds = int(at.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    value = milliseconds << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
