"""The embedded server survives what happens to a developer's machine: kills, restarts, races, long paths."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from funnel.embedded import EmbeddedPostgres, PostgresError, embedded_url
from funnel.hints import libpq_url

#: a test database may lose its last second when the machine dies
QUICK = {"fsync": "off", "shared_buffers": "16MB"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "pg", settings=QUICK)
    yield server
    server.stop()


def ask(url: str, statement: str) -> object:
    connection = psycopg2.connect(libpq_url(url))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        answer = cursor.fetchone() if cursor.description else None
    connection.close()
    return answer[0] if answer else None


def test_a_cold_start_makes_the_database_and_a_warm_one_finds_its_rows(server: EmbeddedPostgres) -> None:
    url = server.start()
    ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert server.postmaster() is None

    begun = time.monotonic()
    server.start()

    assert ask(url, "SELECT answer FROM kept") == 42
    assert time.monotonic() - begun < 5


def test_the_url_is_known_without_a_server(server: EmbeddedPostgres, tmp_path: Path) -> None:
    assert embedded_url(tmp_path / "pg") == server.url
    assert not (tmp_path / "pg").exists()


def test_after_kill_9_of_the_postmaster_the_next_start_recovers(server: EmbeddedPostgres) -> None:
    url = server.start()
    ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server.postmaster() or 0, signal.SIGKILL)

    server.start()

    assert ask(url, "SELECT answer FROM kept") == 42


def test_a_server_that_outlived_its_starter_is_adopted_and_stopped(server: EmbeddedPostgres) -> None:
    server.start()
    first = server.postmaster()
    other = EmbeddedPostgres(server.place.home)

    other.start()
    assert other.postmaster() == first
    other.stop()

    assert server.postmaster() is None


def test_a_stale_pid_file_that_names_another_living_program_is_no_obstacle(server: EmbeddedPostgres) -> None:
    url = server.start()
    text = (server.place.data / "postmaster.pid").read_text()
    pid = server.postmaster() or 0
    os.kill(pid, signal.SIGKILL)
    while server.postmaster():
        time.sleep(0.01)
    (server.place.data / "postmaster.pid").write_text(text.replace(str(pid), str(os.getpid()), 1))

    server.start()

    assert ask(url, "SELECT 1") == 1


def test_a_half_done_initdb_is_thrown_away(server: EmbeddedPostgres) -> None:
    (server.place.home / "data.new").mkdir(parents=True)
    (server.place.home / "data.new" / "PG_VERSION").write_text("18\n")

    assert ask(server.start(), "SELECT 1") == 1

    assert not (server.place.home / "data.new").exists()


def test_of_several_starters_one_launches_and_the_others_find_it(server: EmbeddedPostgres) -> None:
    program = f"from funnel.embedded import EmbeddedPostgres as E; E({str(server.place.home)!r}).start()"
    starters = [subprocess.Popen([sys.executable, "-c", program], start_new_session=True) for _ in range(3)]

    assert [starter.wait(60) for starter in starters] == [0, 0, 0]
    assert ask(server.start(), "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_works(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("long" * 30), settings=QUICK)

    assert ask(server.start(), "SELECT 1") == 1
    server.stop()

    assert len(str(server.place.socket)) < 80
    server.place.socket.rmdir()


def test_the_log_does_not_tell_the_values_of_a_statement_that_failed(server: EmbeddedPostgres) -> None:
    server.start()

    with pytest.raises(psycopg2.errors.DivisionByZero):
        ask(server.url, "SELECT 'jane@example.com', 1 / 0")

    assert b"division by zero" in server.log.read_bytes()
    assert b"jane@example.com" not in server.log.read_bytes()


def test_only_the_owner_can_enter_and_no_port_is_open(server: EmbeddedPostgres) -> None:
    url = server.start()

    assert ask(url, "SHOW listen_addresses") == ""
    for folder in (server.place.home, server.place.socket, server.place.data):
        assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [("rubbish\n", "PG_VERSION is not a number"), ("17\n", "made by PostgreSQL 17"), (None, "holds no PG_VERSION")],
)
def test_a_damaged_or_foreign_data_folder_is_named(server: EmbeddedPostgres, content: str | None, says: str) -> None:
    server.start()
    server.stop()
    version = server.place.data / "PG_VERSION"
    version.unlink()
    if content:
        version.write_text(content)

    with pytest.raises(PostgresError, match=says) as raised:
        server.start()

    assert "\n" not in str(raised.value)


def test_a_server_that_cannot_run_says_why_at_once(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.place.data / "global" / "pg_control").write_bytes(b"damaged")
    begun = time.monotonic()

    with pytest.raises(PostgresError, match="pg_control"):
        server.start()

    assert time.monotonic() - begun < 10


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "pg").write_text("not a folder")

    with pytest.raises(PostgresError, match="pg: File exists"):
        EmbeddedPostgres(tmp_path / "pg").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_where_user_namespaces_are_forbidden_root_starts_it_as_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = Path(tempfile.mkdtemp(prefix="funnel-shared-"))  # pytest's own folders are closed to nobody
    monkeypatch.setattr("funnel.embedded.place._namespaces_allowed", lambda: False)
    for module in ("place", "cluster"):
        monkeypatch.setattr(f"funnel.embedded.{module}.SHARED", shared / "postgres")
    shared.chmod(0o755)
    server = EmbeddedPostgres(tmp_path / "pg", settings=QUICK)

    assert ask(server.start(), "SELECT 1") == 1
    owner = Path(f"/proc/{server.postmaster()}").stat().st_uid
    server.stop()
    shutil.rmtree(shared)

    assert owner == 65534
