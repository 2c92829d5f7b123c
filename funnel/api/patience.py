"""Answers that take long, and how many of them a process gives at once: each holds one of its few threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: of the four threads that `funnel up` gives a process of the web (`serve.THREADS`)
SLOTS = 2

_slots = threading.BoundedSemaphore(SLOTS)


def take() -> bool:
    """Whether there is room for one more answer that takes long; `give_back` makes it free again."""
    return _slots.acquire(blocking=False)


def give_back() -> None:
    _slots.release()


@contextmanager
def slot() -> Iterator[bool]:
    """Room for one long answer while the block runs; says whether there was any."""
    taken = take()
    try:
        yield taken
    finally:
        if taken:
            give_back()
