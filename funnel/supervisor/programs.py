"""What `funnel up` runs beside the database: each program's name and its command."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from funnel.config import Settings

#: threads of a web process that run Python; more of them only queue for the interpreter
WEB_THREADS = 4
#: Connections a web process keeps open, idle ones included: granian counts connections, not requests, so a small
#: number here would let idle browsers lock everybody else out.
WEB_CONNECTIONS = 512
#: milliseconds that an idle connection is kept
WEB_IDLE_MS = 15_000
#: seconds that requests, and milliseconds that messages, have to end after a stop
WEB_GRACE, WORKER_GRACE_MS = 10, 20_000


@dataclass(frozen=True)
class Program:
    """`command` builds the arguments from the settings and the address to listen on."""

    name: str
    command: Callable[[Settings, str], list[str]]


def web(target: str) -> Program:
    """The web server; `target` is a `module:function` that makes the WSGI application."""

    def command(settings: Settings, host: str) -> list[str]:
        return [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--http", "1", "--no-ws"),
            *("--host", host, "--port", str(settings.port), "--workers", str(settings.web_processes)),
            *("--blocking-threads", str(WEB_THREADS), "--backpressure", str(WEB_CONNECTIONS)),
            *("--http1-header-read-timeout", str(WEB_IDLE_MS), "--workers-kill-timeout", str(WEB_GRACE)),
            *("--respawn-failed-workers", "--respawn-interval", "0.2", "--log-level", "warning", target),
        ]

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
