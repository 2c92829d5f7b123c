"""Waiting for the web server's first answer."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence

from funnel.supervisor.child import Child
from funnel.supervisor.stop import Stop

#: seconds in which the web server has to answer, and between two questions
PATIENCE, LOOK = 60.0, 0.05
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what to ask when it listens everywhere


class UpError(Exception):
    """The service cannot start; the message is one line for the operator."""


def wait_until_ready(host: str, port: int, children: Sequence[Child], stop: Stop) -> bool:
    """True once `/readyz` answers 200, false when a stop was asked for. Raises UpError when a child gives up."""
    deadline = time.monotonic() + PATIENCE
    while not _answers(EVERYWHERE.get(host, host), port):
        for child in children:
            if child.ended() is not None:
                raise UpError(f"The {child.name} does not start: {child.last_line()} See {child.log}.")
        if time.monotonic() > deadline:
            raise UpError(f"The web server does not answer after {PATIENCE:.0f} s. See {children[0].log}.")
        if stop.pause(LOOK):
            return False
    return True


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
