"""`python -m funnel.serve`: the web server of `funnel up`. Any other WSGI server takes `wsgi:application` as well."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, cast

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from funnel import config
from funnel.composition import load
from funnel.supervisor.orphans import die_with_parent

#: threads of a process that run Python; more of them only queue for the interpreter
THREADS = 4
#: Connections a process keeps open, idle ones included: granian counts connections, not requests, so a small
#: number here would let idle browsers lock everybody else out.
CONNECTIONS = 512
#: milliseconds that an idle connection is kept
IDLE_MS = 15_000
#: seconds that requests have to end after a stop
GRACE = 10


@click.command()
@click.argument("target")
@click.option("--host", required=True)
def serve(target: str, host: str) -> None:
    """Serve what the function TARGET (`module:function`) makes, in as many processes as WEB_PROCESSES says."""
    settings = config.load(os.environ)
    # Made once here, although nobody asks this process anything: its forks then share all that was loaded,
    # and a mistake ends the start at once.
    load(target)()
    Granian(
        target,
        address=host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.web_processes,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_MS),
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
        respawn_interval=0.2,
        log_level=LogLevels.warning,
    ).serve(target_loader=_application)


def _application(target: str) -> Callable[..., Any]:
    """Called in each process of the server."""
    die_with_parent()
    return cast(Callable[..., Any], load(target)())


if __name__ == "__main__":
    serve()
