"""What the operator reads while everything starts and runs."""

from __future__ import annotations

import contextlib
import time


class Terminal:
    """Lines with the seconds since the start in front."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def say(self, line: str) -> None:
        self.plain(f"{self.seconds:6.1f} s  {line}")

    def plain(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # nobody reads any more; the service goes on
            print(line, flush=True)  # noqa: T201 - this is the operator's terminal
