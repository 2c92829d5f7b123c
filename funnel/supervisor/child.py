"""One program of ours and all it starts: one process group, started, watched and ended together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from funnel.supervisor.orphans import die_with_parent
from funnel.supervisor.stop import Stop
from funnel.supervisor.terminal import Terminal

#: `wsgi`, `migrations` and the packages lie here; children run in it
ROOT = Path(__file__).resolve().parents[2]
#: seconds: the first and the longest wait before a dead program is started again, and how long it must live to be
#: trusted again
FIRST_WAIT, LONGEST_WAIT, TRUSTED_AFTER = 0.5, 30.0, 60.0


#: seconds between two looks at a child that is to end
LOOK = 0.02


class Child:
    """Output goes to `log`. Its group is its own, so Ctrl-C in the terminal reaches only the supervisor."""

    def __init__(self, name: str, command: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.command = list(command)
        self.environ = dict(environ)
        self.log = log
        self._restart_at = 0.0
        self._wait = FIRST_WAIT
        self._started = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._started = time.monotonic()
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - the supervisor has one thread
            )

    def ended(self) -> int | None:
        """Exit code when it has ended since the last look; the rest of its group is gone then, too."""
        if self._process is None:
            return None
        code = self._process.poll()
        if code is not None:
            self._kill()
            self._process = None
            self._plan_restart()
        return code

    def look(self, terminal: Terminal) -> None:
        """Notice that it has ended, and start it again when its time has come."""
        code = self.ended()
        if code is not None:
            wait = self._restart_at - time.monotonic()
            terminal.say(f"{self.name} ended ({_why(code)}), starts again in {wait:.1f} s: {self.log}")
        elif self._process is None and time.monotonic() >= self._restart_at:
            self.start()
            terminal.say(f"{self.name} started again")

    def stop(self, stop: Stop, grace: float) -> None:
        """Ask it to end; after `grace` seconds, or a second wish to stop, kill it."""
        if self._process is None:
            return
        self._process.terminate()  # the leader alone: it ends its own children well
        wishes, deadline = stop.asked, time.monotonic() + grace
        while self.ended() is None:
            if time.monotonic() > deadline or stop.asked > wishes:
                self._kill()
            time.sleep(LOOK)

    def last_line(self) -> str:
        """The end of what it wrote, for the line that says why it does not start."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def _kill(self) -> None:
        """End the whole group. With the leader reaped its number belongs to the rest of the group, or to nobody."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _plan_restart(self) -> None:
        now = time.monotonic()
        if now - self._started > TRUSTED_AFTER:
            self._wait = FIRST_WAIT
        self._restart_at = now + self._wait
        self._wait = min(2 * self._wait, LONGEST_WAIT)


def _why(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
