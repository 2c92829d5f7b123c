"""Answers that take long, and how many of them a process gives at once: each holds one of its few threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: of the four threads that `funnel up` gives a process of the web (`serve.THREADS`)
SLOTS = 2

_slots = threading.BoundedSemaphore(SLOTS)


class Slot:
    """Room for one long answer."""

    def __init__(self) -> None:
        self._taken = True

    def give_back(self) -> None:
        """Make it free again; once is enough, and more does no harm."""
        if self._taken:
            self._taken = False
            _slots.release()


def take() -> Slot | None:
    """Room for one more, if there is any."""
    return Slot() if _slots.acquire(blocking=False) else None


@contextmanager
def slot() -> Iterator[bool]:
    """Room for one long answer while the block runs; says whether there was any."""
    taken = take()
    try:
        yield taken is not None
    finally:
        if taken:
            taken.give_back()
