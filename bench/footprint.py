"""What `funnel up` costs before anything happens: seconds until it is ready, megabytes of web and workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench.place import ROOT
from bench.table import Line
from tests.servers.group import free_port


def measure() -> Iterator[Line]:
    """The second start of an installation: keys, database and bytecode are there."""
    with tempfile.TemporaryDirectory(prefix="funnel-bench-") as home:
        _start(home)
        ready, megabytes = _start(home)
    yield Line("ready after start, once installed", ready, "s")
    yield Line("web and workers together (PSS)", megabytes, "MB")


def _start(home: str) -> tuple[float, float]:
    port = free_port()
    environment = {**os.environ, "FUNNEL_HOME": home, "PORT": str(port)}
    command = [sys.executable, "-c", "from wsgi import command; command()", "up"]
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers(port):
            time.sleep(0.02)
            if time.monotonic() - started > 60:
                raise RuntimeError("funnel up did not become ready")
        ready = time.monotonic() - started
        time.sleep(2)
        return ready, sum(_pss(pid) for pid in _below(process.pid) if not _is_postgres(pid))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _below(pid: int) -> list[int]:
    """This process and all that it started."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(one for child in children for one in _below(child))]


def _is_postgres(pid: int) -> bool:
    return "postgres" in Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]


def _pss(pid: int) -> float:
    """Megabytes of this process, shared pages counted by share."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
