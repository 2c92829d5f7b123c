"""Pure: when a call that failed is made again. The schedule is the example of Standard Webhooks 1.0.0."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

#: when each attempt is made, counted from the first one
SCHEDULE = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: how long a receiver that answers nobody is tried before it is left alone
PATIENCE = SCHEDULE[-1]
_PAUSES = [later - earlier for earlier, later in pairwise(SCHEDULE)]
#: a pause is up to this much longer, so that what failed together does not come back together
_SPREAD = 0.1


def next_at(attempts: int, now: datetime, chance: float, retry_after: timedelta | None = None) -> datetime | None:
    """When to try again after so many attempts, the last of them now (wall time); None when that was the last one.

    `chance` is a random number from 0 to 1. `retry_after` is what the receiver asked for: never sooner than that, but
    nobody may put it off beyond a day.
    """
    if attempts > len(_PAUSES):
        return None
    pause = _PAUSES[attempts - 1] * (1 + _SPREAD * chance)
    return now + max(pause, min(retry_after or timedelta(0), PATIENCE))
