"""The one thing before web and workers that needs the database's rows, done by a process that ends."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from funnel.supervisor.child import ROOT
from funnel.supervisor.orphans import die_with_parent
from funnel.supervisor.ready import UpError
from funnel.supervisor.stop import Stop


@dataclass(frozen=True)
class Prepared:
    """`notes` are lines for the operator; `login` is the first user's email and password, when it was just made."""

    notes: list[str]
    login: tuple[str, str] | None


def prepare(speed: float, demo: bool, environ: Mapping[str, str], stop: Stop) -> Prepared | None:
    """Run `funnel prepare`: migrations, the checks of the installation, the first user, the demo.

    None when a stop was asked for meanwhile. Raises UpError with the line it ended with.
    """
    command = [sys.executable, "-m", "wsgi", "prepare", "--speed", str(speed), *(["--demo"] if demo else [])]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - the supervisor has one thread
    )
    output, complaints = _communicate(process, stop)
    if stop.asked:
        return None
    if process.returncode:
        lines = complaints.decode(errors="replace").strip().splitlines()
        raise UpError(lines[-1].removeprefix("Error: ") if lines else f"prepare ended with {process.returncode}.")
    found = json.loads(output)
    return Prepared(found["notes"], tuple(found["login"]) if found["login"] else None)


def _communicate(process: subprocess.Popen[bytes], stop: Stop) -> tuple[bytes, bytes]:
    while True:
        if stop.asked:
            process.terminate()  # PostgreSQL takes back what was not committed
        try:
            return process.communicate(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
