"""What a started process has loaded. The import contracts in pyproject.toml hold the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import KEYS

ROOT = Path(__file__).resolve().parents[1]
WEB = "import wsgi; wsgi.application()"
WORKER = "import nurture_sequences.worker"
SUPERVISOR = "import wsgi; wsgi.command.get_command(None, 'up')"


def loaded(program: str, home: Path) -> set[str]:
    """Names of the top-level packages that this program leaves loaded."""
    told = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"],
        cwd=ROOT,
        env={**os.environ, **KEYS, "FUNNEL_HOME": str(home)},
        check=True,
        capture_output=True,
        text=True,
    )
    return {name.partition(".")[0] for name in told.stdout.split()}


@pytest.mark.parametrize(
    ("program", "needed", "forbidden"),
    [
        (WEB, {"flask", "sqlalchemy", "nurture_sequences"}, {"dramatiq", "pika", "redis"}),
        (WORKER, {"dramatiq", "sqlalchemy"}, {"flask", "flask_smorest", "granian"}),
        (SUPERVISOR, {"click"}, {"flask", "sqlalchemy", "dramatiq", "granian", "alembic"}),
    ],
    ids=["web", "worker", "supervisor"],
)
def test_a_process_loads_only_what_it_is_for(
    tmp_path: Path, program: str, needed: set[str], forbidden: set[str]
) -> None:
    names = loaded(program, tmp_path)

    assert needed <= names
    assert not forbidden & names
