"""No process outlives its `funnel up`: the kernel ends direct children, and the next start sweeps up the rest."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

#: in the environment of every child, and so of every child's child: the home it belongs to
MARK = "FUNNEL_UP"
PR_SET_PDEATHSIG = 1
#: seconds that an orphan has to end by itself
PATIENCE = 5.0

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Called in a new child: the signal comes when its parent ends, even by SIGKILL (Linux; elsewhere nothing)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, number)


def sweep(home: Path) -> int:
    """End what an earlier `funnel up` of this home left running; returns how many processes there were.

    Only for who holds the home: then every process with its mark is an orphan.
    """
    found = _marked(home)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _marked(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        _wait_until_gone(home)
    return len(found)


def _wait_until_gone(home: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while _marked(home) and time.monotonic() < deadline:
        time.sleep(0.02)


def _marked(home: Path) -> list[int]:
    mark = f"{MARK}={home}".encode()
    pids = (int(folder.name) for folder in Path("/proc").glob("[0-9]*"))
    return [pid for pid in pids if pid != os.getpid() and mark in _environment(pid).split(b"\0")]


def _environment(pid: int) -> bytes:
    """Empty for a zombie, for a process that has gone and for one of another user."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""
