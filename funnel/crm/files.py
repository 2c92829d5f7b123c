"""Files in the database: what was uploaded, and what jobs made. Any host can read them, and each has an end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from funnel import ids
from funnel.models import FilePart, KeptFile

#: bytes of one part: a part is what is in memory at a time
PART = 1024 * 1024
_EXPIRED = text("DELETE FROM files WHERE expires_at < :wall")


def create(session: Session, name: str, media_type: str, wall: datetime, *, keep: timedelta) -> KeptFile:
    """An empty file (`wall` is wall time); `append` fills it, `complete` says that nothing is missing."""
    file = KeptFile(
        id=ids.time_ordered(wall), name=name, media_type=media_type, created_at=wall, expires_at=wall + keep
    )
    session.add(file)
    session.flush()
    return file


def append(session: Session, file_id: UUID, number: int, data: bytes) -> None:
    """Write part `number` (from 0) of a file."""
    session.execute(insert(FilePart), {"file_id": file_id, "number": number, "data": data})


def complete(session: Session, file_id: UUID, size: int) -> None:
    """The file is whole, and this long (bytes)."""
    session.get_one(KeptFile, file_id).size = size
    session.flush()


def fill(session: Session, file_id: UUID, pieces: Iterable[bytes]) -> int:
    """Write a whole file from pieces of any size, part by part; returns its size in bytes."""
    waiting, number, size = bytearray(), 0, 0
    for piece in pieces:
        waiting += piece
        size += len(piece)
        while len(waiting) >= PART:
            append(session, file_id, number, bytes(waiting[:PART]))
            del waiting[:PART]
            number += 1
    if waiting:
        append(session, file_id, number, bytes(waiting))
    complete(session, file_id, size)
    return size


def by_id(session: Session, file_id: UUID) -> KeptFile | None:
    """The file, while it is kept."""
    return session.get(KeptFile, file_id)


def part(session: Session, file_id: UUID, number: int) -> bytes | None:
    """One part; None after the last."""
    return session.scalar(select(FilePart.data).where(FilePart.file_id == file_id, FilePart.number == number))


def parts(session: Session, file_id: UUID, first: int = 0) -> Iterator[bytes]:
    """The parts from `first` on, one in memory at a time."""
    while (data := part(session, file_id, first)) is not None:
        yield data
        first += 1


def forget_expired(session: Session, wall: datetime) -> None:
    """Delete what nobody may read any more (`wall` is wall time)."""
    session.execute(_EXPIRED, {"wall": wall})
