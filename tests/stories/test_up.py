"""One command runs everything, stops everything, survives kills, and says in one line why it cannot."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.group import ROOT, Group, free_port
from tests.stories.service import FUNNEL, PATIENCE, eventually

#: seconds in which all must have stopped, on a busy machine
STOPPED = 45.0


class Up:
    """`funnel up` on a home of its own, with the processes it is made of."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home, self.port, self.out = home, free_port(), home.with_suffix(".txt")
        self.environ = _plain() | {"FUNNEL_HOME": str(home), "PORT": str(self.port)} | settings
        self._group = Group([*FUNNEL, "up"], self.environ, self.out)

    @contextmanager
    def running(self) -> Iterator[int]:
        """Ready inside the `with`; gives the supervisor's process id."""
        self.out.unlink(missing_ok=True)
        self._group.start()
        assert self._group.process
        try:
            self._group.wait_until(lambda: "Ready:" in self._group.said(), PATIENCE)
            yield self._group.process.pid
        finally:
            self._group.stop(STOPPED)

    def wait_for_end(self) -> int:
        """Exit code of the supervisor."""
        assert self._group.process
        return self._group.process.wait(STOPPED)

    @property
    def said(self) -> str:
        return self.out.read_text()

    @property
    def ready(self) -> bool:
        return b" 200 " in _get(self.port, "/readyz")

    def processes(self, *words: str) -> set[int]:
        """Processes of this home whose command holds all these words."""
        return {pid for pid, command in _commands() if _is_of(pid, command, self.home) and _holds(command, words)}

    def fails(self, **settings: str) -> str:
        """The one line on stderr of a start that ends with 1."""
        done = subprocess.run(
            [*FUNNEL, "up"], cwd=ROOT, env=self.environ | settings, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 1, done.stdout
        [line] = done.stderr.splitlines()
        return line


def _plain() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def _commands() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it went meanwhile


def _is_of(pid: int, command: str, home: Path) -> bool:
    if f"{home}/pg" in command:
        return True
    try:
        return f"FUNNEL_HOME={home}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _holds(command: str, words: tuple[str, ...]) -> bool:
    return all(word in command for word in words)


def _get(port: int, path: str) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
            caller.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            return caller.recv(100)
    except OSError:
        return b""


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    up = Up(tmp_path / "home")
    yield up
    for pid in up.processes():
        os.kill(pid, signal.SIGKILL)


def test_ctrl_c_stops_all_of_it_and_the_second_start_finds_the_data(up: Up) -> None:
    with up.running() as supervisor:
        assert up.ready
        assert (up.home / "keys.env").stat().st_mode & 0o777 == 0o600
        assert "first login (shown only now): admin@" in up.said
        os.kill(supervisor, signal.SIGINT)
        assert up.wait_for_end() == 0
    assert up.processes() == set()
    assert [line.split("  ")[-1] for line in up.said.splitlines()[-3:]] == [
        "web stopped",
        "worker stopped",
        "PostgreSQL stopped",
    ]

    with up.running():
        assert up.ready
        assert "first login" not in up.said


def test_kill_9_of_the_supervisor_leaves_only_the_database_and_the_next_start_takes_it_over(up: Up) -> None:
    with up.running() as supervisor:
        [postmaster] = up.processes("bin/postgres -D")
        os.kill(supervisor, signal.SIGKILL)
        eventually(lambda: not up.processes("-m"), STOPPED)
        assert postmaster in up.processes("bin/postgres -D")

    with up.running():
        assert up.ready
        assert up.processes("bin/postgres -D") == {postmaster}

    assert up.processes() == set()


def test_nothing_is_left_of_a_start_whose_leaders_were_all_killed(up: Up) -> None:
    with up.running() as supervisor:
        everybody = up.processes("-m")
        leaders = {pid for pid in everybody if _parent(pid) == supervisor}
        for pid in (supervisor, *leaders):
            os.kill(pid, signal.SIGKILL)

    with up.running():
        assert up.ready
        assert not everybody & up.processes()


def test_whatever_is_killed_comes_back(up: Up) -> None:
    with up.running() as supervisor:
        for words in (["funnel.serve"], ["nurture_sequences.worker"], ["bin/postgres -D"]):
            [leader] = (pid for pid in up.processes(*words) if _parent(pid) == supervisor)
            os.kill(leader, signal.SIGKILL)
            eventually(lambda words=words, leader=leader: up.processes(*words) - {leader}, PATIENCE)
        eventually(lambda: up.ready, PATIENCE)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def test_a_second_start_on_the_same_home_is_refused(up: Up) -> None:
    with up.running() as supervisor:
        line = up.fails(PORT=str(free_port()))

        assert f"already up in {up.home} (process {supervisor})" in line
        assert up.ready


def test_a_busy_port_is_one_line(up: Up) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", up.port))
        other.listen()

        line = up.fails()

    assert line.startswith(f"Error: Port {up.port} on 127.0.0.1 cannot be used: Address already in use. ")


def test_a_file_where_the_home_should_be_is_one_line(up: Up) -> None:
    up.home.write_text("not a folder")

    assert f"{up.home}/log cannot be used: Not a directory" in up.fails()


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder where even root may write nothing")
def test_a_home_that_cannot_be_written_is_one_line(up: Up) -> None:
    line = up.fails(FUNNEL_HOME="/sys/funnel")

    assert "/sys/funnel cannot be used: " in line


def test_a_damaged_database_is_one_line(up: Up) -> None:
    data = up.home / "pg" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("rubbish")

    assert f"{data} is damaged: PG_VERSION is not a number" in up.fails()


def test_a_database_elsewhere_that_does_not_answer_is_one_line(up: Up) -> None:
    line = up.fails(DATABASE_URL="postgresql://funnel:geheim@127.0.0.1:1/funnel")

    assert "does not answer" in line
    assert "geheim" not in line


def test_a_wrong_setting_is_one_line(up: Up) -> None:
    assert "WORKER_THREADS must be a whole number" in up.fails(WORKER_THREADS="many")
