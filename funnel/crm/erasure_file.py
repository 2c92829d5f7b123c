"""The erasures once more, in a file outside the database: a restored copy would bring everybody back.

`FUNNEL_HOME/erasures`, one JSON object a line, readable by its owner only: ids, keyed fingerprints, times. Keep it with
the keys, and not with the dumps of the database.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import orjson

from funnel.models import Erasure

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """One erasure as the file tells it; `at` is engine time of the installation it belongs to."""

    installation: UUID
    id: UUID
    lead_id: int | None
    at: datetime
    reason: str
    by: str
    fingerprints: Sequence[bytes]
    suppressed: bool


def line(erasure: Erasure, installation: UUID) -> Line:
    """The line that stands for this row."""
    marks = [bytes(one) for one in erasure.fingerprints]
    told = (erasure.lead_id, erasure.at, erasure.reason, erasure.erased_by, marks, erasure.suppressed)
    return Line(installation, erasure.id, *told)


def row(told: Line) -> Erasure:
    """The row that this line stands for."""
    return Erasure(
        id=told.id,
        lead_id=told.lead_id,
        at=told.at,
        reason=told.reason,
        erased_by=told.by,
        fingerprints=list(told.fingerprints),
        suppressed=told.suppressed,
    )


class ErasureFile:
    """Shared by all processes of a machine: each adds whole lines, one after the other. Its methods raise OSError."""

    def __init__(self, home: Path) -> None:
        self._path = home / "erasures"

    def add(self, lines: Sequence[Line]) -> None:
        """On the disk when this returns."""
        if not lines:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # A machine that died in mid-line left one without an end; ours must not be glued to it.
            file.write((b"\n" if _is_torn(file) else b"") + b"".join(_written(one) for one in lines))
            file.flush()
            os.fsync(file.fileno())

    def lines(self, installation: UUID) -> Iterator[Line]:
        """What was erased in this installation. A line that cannot be read is told in the log and passed over: the
        database has its row, and writes it anew."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for number, told in enumerate(file, 1):
                found = _read(told, number)
                if found and found.installation == installation:
                    yield found


def _is_torn(file: BinaryIO) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def _written(one: Line) -> bytes:
    told = {**vars(one), "fingerprints": [mark.hex() for mark in one.fingerprints]}
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def _read(told: bytes, number: int) -> Line | None:
    if not told.strip():
        return None
    try:
        found = orjson.loads(told)
        return Line(
            UUID(found["installation"]),
            UUID(found["id"]),
            found["lead_id"],
            datetime.fromisoformat(found["at"]),
            found["reason"],
            found["by"],
            [bytes.fromhex(mark) for mark in found["fingerprints"]],
            found["suppressed"],
        )
    except (ValueError, KeyError, TypeError) as error:
        log.error("a line of the erasures cannot be read", extra={"line": number, "error": type(error).__name__})
        return None
