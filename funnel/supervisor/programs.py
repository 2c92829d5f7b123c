"""What `funnel up` runs beside the database: each program's name and its command."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from funnel.config import Settings

#: milliseconds that messages at work have to end after a stop
WORKER_GRACE_MS = 20_000


@dataclass(frozen=True)
class Program:
    """`command` builds the arguments from the settings and the address to listen on.

    `address` is what a person opens in a browser, when there is something to see.
    """

    name: str
    command: Callable[[Settings, str], list[str]]
    address: Callable[[Settings], str] | None = None


def web(target: str) -> Program:
    """The web server; `target` is a `module:function` that makes the WSGI application."""

    def command(_settings: Settings, host: str) -> list[str]:
        return [sys.executable, "-m", "funnel.serve", target, "--host", host]

    return Program("web", command)


def worker(module: str) -> Program:
    """The workers; `module` makes the broker and declares the actors."""

    def command(settings: Settings, _host: str) -> list[str]:
        return [
            *(sys.executable, "-m", "dramatiq", module, "--skip-logging"),
            *("--processes", str(settings.worker_processes), "--threads", str(settings.worker_threads)),
            *("--worker-shutdown-timeout", str(WORKER_GRACE_MS)),
        ]

    return Program("worker", command)


def listening(name: str, module: str, address: Callable[[Settings], str] | None = None) -> Program:
    """A small server of its own, run as `python -m module HOST`."""

    def command(_settings: Settings, host: str) -> list[str]:
        return [sys.executable, "-m", module, host]

    return Program(name, command, address)
