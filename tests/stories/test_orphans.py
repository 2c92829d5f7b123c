"""A killed master leaves no worker behind that nobody watches."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.servers.programs import environment


def test_workers_end_when_their_master_is_killed(committed_url, tmp_path):
    environ = environment(tmp_path, DATABASE_URL=committed_url)
    log = (tmp_path / "worker.log").open("w+b")
    command = [sys.executable, "-m", "dramatiq", "nurture_sequences.worker", "-p", "2", "-t", "1"]
    master = subprocess.Popen(command, env=environ, stdout=log, stderr=log, start_new_session=True)
    eventually(lambda: (tmp_path / "worker.log").read_text().count("ready for action") == 2)

    os.kill(master.pid, signal.SIGKILL)
    master.wait()

    eventually(lambda: not alive_in_group(master.pid))
    log.close()


def alive_in_group(group):
    """Whoever is left of this process group and is no zombie that waits for its new parent."""
    states = [state(path) for path in Path("/proc").glob("[0-9]*/stat")]
    return [pid for pid, letter, its_group in states if its_group == group and letter not in "ZX"]


def state(path):
    try:
        pid, _, rest = path.read_text().partition(" (")
    except (FileNotFoundError, ProcessLookupError):
        return 0, "X", 0
    letter, _, its_group = rest.rpartition(") ")[2].split()[:3]
    return int(pid), letter, int(its_group)


def eventually(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
