"""Is that process still what we think? Read from /proc: a small system has no `ps`, and a pid alone
proves nothing (zombies answer to it, and containers hand small pids out again)."""

from __future__ import annotations

import subprocess
from pathlib import Path

PROC = Path("/proc")


def command_line(pid: int) -> str:
    """The command of a live process; empty when it is gone or only a zombie is left."""
    if not (PROC / "self").exists():
        return _asked_of_ps(pid)
    try:
        state = (PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0]
        arguments = (PROC / str(pid) / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if state in "ZX" else arguments.replace(b"\0", b" ").decode(errors="replace")


def _asked_of_ps(pid: int) -> str:
    """macOS has no /proc, and always has ps."""
    command = ["ps", "-o", "stat=,args=", "-p", str(pid)]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    state, _, arguments = answer.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else arguments
