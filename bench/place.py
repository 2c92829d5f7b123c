"""Where a bench runs: an embedded PostgreSQL of its own with durable commits, and worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text

from funnel import migrate
from funnel.db import open_engine
from funnel.embedded import EmbeddedPostgres

ROOT = Path(__file__).resolve().parent.parent
KEYS = {"SECRET_KEY": "bench-secret-key-0123456789abcdef0123", "FINGERPRINT_KEY": "bench-fingerprint-key-0123456789ab"}


@contextmanager
def cluster() -> Iterator[str]:
    """URL of a fresh server with the settings of `funnel up`: commits are durable, as they are in production."""
    with tempfile.TemporaryDirectory(prefix="funnel-bench-") as home:
        server = EmbeddedPostgres(Path(home) / "pg")
        yield server.start()
        server.stop()


@contextmanager
def database(cluster_url: str, name: str) -> Iterator[tuple[str, Engine]]:
    """A migrated database of its own, and an engine on it without a statement timeout."""
    admin = create_engine(cluster_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = make_url(cluster_url).set(database=name).render_as_string(hide_password=False)
    engine = open_engine(url, timeout_seconds=3600)
    migrate.upgrade(engine)
    yield url, engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


@contextmanager
def workers(url: str, processes: int, threads: int, **settings: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Real worker processes, as `funnel up` starts them."""
    with tempfile.TemporaryDirectory(prefix="funnel-bench-home-") as home:
        environment = {**os.environ, **KEYS, "DATABASE_URL": url, "FUNNEL_HOME": home, "WORKER_THREADS": str(threads)}
        command = [
            sys.executable,
            "-m",
            "dramatiq",
            "nurture_sequences.worker",
            "-p",
            str(processes),
            "-t",
            str(threads),
        ]
        with (Path(home) / "worker.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**environment, **settings}, stdout=log, stderr=log, start_new_session=True
            )
            try:
                yield [process]
            finally:
                process.terminate()  # the master passes it on to its children
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                if os.environ.get("BENCH_LOGS"):
                    sys.stderr.write((Path(home) / "worker.log").read_text(errors="replace")[-20000:])
