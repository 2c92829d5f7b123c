"""The project's own programs as processes: workers and web, with the settings of a proof."""

from __future__ import annotations

import os
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from funnel import config
from funnel.supervisor import programs
from tests.servers.group import Group, free_port

KEYS = {"SECRET_KEY": "proof-secret-key-0123456789abcdef012", "FINGERPRINT_KEY": "proof-fingerprint-key-0123456789abc"}
#: short real durations, so that what a kill loses rings again within seconds; and programs may fill in forms
QUICK = {
    "HANDOUT_SECONDS": "3",
    "SEND_SECONDS": "2",
    "UNKNOWN_GRACE_SECONDS": "2",
    "POLL_SECONDS": "0.2",
    "FORM_SECONDS": "0",
}


def environment(home: Path, **settings: str) -> dict[str, str]:
    """What a process of the project reads; nothing of this shell's own settings gets through."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, **KEYS, **QUICK, "FUNNEL_HOME": str(home), "LOG_FORMAT": "text", **settings}


class Worker(Group):
    """One worker process with a pulse beside it."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        settings = replace(config.load(environ), worker_processes=1)
        super().__init__(programs.worker("nurture_sequences.worker").command(settings, ""), environ, log)
        self._said = 0

    def start(self) -> None:
        self._said = self.log.stat().st_size if self.log.exists() else 0
        super().start()

    @property
    def ready(self) -> bool:
        """Whether the process started last takes up work."""
        with self.log.open("rb") as log:
            log.seek(self._said)
            return b"worker ready" in log.read(65536)


def web(environ: Mapping[str, str], log: Path) -> tuple[Group, str]:
    """The web server on a free port, started and ready, and its address."""
    environ = {**environ, "PORT": str(free_port()), "WEB_PROCESSES": "1"}
    settings = config.load(environ)
    command = programs.web("wsgi:application").command(settings, "127.0.0.1")
    group, url = Group([sys.executable, *command[1:]], environ, log), f"http://127.0.0.1:{settings.port}"
    group.start()
    group.wait_until(lambda: answers(f"{url}/healthz"))
    return group, url


def answers(url: str) -> bool:
    """Whether there is a 200 at this address."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False
