"""The wish to stop: Ctrl-C, SIGTERM, or a terminal that was closed."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType


class Stop:
    """Notices the wish at the next look instead of breaking into whatever runs; made once, in the main thread."""

    def __init__(self) -> None:
        self.asked = 0
        self._wakes, writer = os.pipe()
        for end in (self._wakes, writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup keeps it ignored
            signal.signal(signal.SIGHUP, self._ask)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # a child's end wakes `pause`, too

    def pause(self, seconds: float) -> bool:
        """Wait so long, less when something happens; true when a stop was asked for."""
        if not self.asked and select.select([self._wakes], [], [], seconds)[0]:
            os.read(self._wakes, 1024)
        return self.asked > 0

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1
