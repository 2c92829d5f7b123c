"""Notes of what goes on the wire, which outlive their process: a killed worker's mails can be told apart.

Between the commit of a claim and that of its outcomes the database knows only that mails are being sent. So each
sending thread keeps a note: its claim, the mails in order, how many were begun. The note is mapped to a file, which a
SIGKILL leaves whole, and whose lock goes with the process, so that another one may read it then. What was never begun
is queued again; only what was begun stays in doubt. A machine that dies takes its notes along: then all is in doubt.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

#: claim, number of mails, number begun
_HEAD = struct.Struct("=16sII")
_BEGUN = struct.Struct("=I")
_BEGUN_AT = 20
#: mails a note has room for; a bite is never larger
ROOM = 256
SIZE = _HEAD.size + 16 * ROOM


@dataclass(frozen=True)
class DeadNote:
    """What a process that died left: its last claim, and which of its mails it never began to post."""

    path: Path
    claim: UUID
    never_begun: list[UUID]

    def forget(self) -> None:
        """When its mails are queued again, in a committed transaction."""
        self.path.unlink(missing_ok=True)


class Note:
    """One thread's note. Written before what it speaks of, so that it never promises too much."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / f"{uuid4()}.note", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        # Its room is taken now: on a full disk this fails here, and not in the middle of a mail.
        os.posix_fallocate(self._file, 0, SIZE)
        self._map = mmap.mmap(self._file, SIZE)
        weakref.finalize(self, os.close, self._file)
        self._begun = 0

    def write(self, claim: UUID, mails: Sequence[UUID]) -> None:
        """Before the claim's transaction, and again when the order is known: these mails, none begun."""
        # First nothing, so that a death in mid-write leaves no claim with another's mails.
        self._map[: _HEAD.size] = _HEAD.pack(bytes(16), 0, 0)
        self._map[_HEAD.size : _HEAD.size + 16 * len(mails)] = b"".join(mail.bytes for mail in mails)
        self._map[: _HEAD.size] = _HEAD.pack(claim.bytes, len(mails), 0)
        self._begun = 0

    def begin(self) -> None:
        """Before each mail: one more is on the wire."""
        self._begun += 1
        _BEGUN.pack_into(self._map, _BEGUN_AT, self._begun)


class Postings:
    """The notes of this installation's sending threads on this machine."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "posting"
        self._local = threading.local()

    def note(self) -> Note:
        """The calling thread's note."""
        if not hasattr(self._local, "note"):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._local.note = Note(self.folder)
        note: Note = self._local.note
        return note

    def dead(self) -> Iterator[DeadNote]:
        """The notes whose process is gone. Two readers of one note change nothing twice: claims are queued by id."""
        for path in self.folder.glob("*.note"):
            try:
                file = os.open(path, os.O_RDONLY)
            except FileNotFoundError:
                continue
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield _read(path, os.read(file, SIZE))
            except BlockingIOError:
                continue  # its thread lives
            finally:
                os.close(file)


def _read(path: Path, content: bytes) -> DeadNote:
    if len(content) < SIZE:  # died before it had made its note
        return DeadNote(path, UUID(int=0), [])
    claim, mails, begun = _HEAD.unpack_from(content)
    places = range(_HEAD.size + 16 * begun, _HEAD.size + 16 * mails, 16)
    return DeadNote(path, UUID(bytes=claim), [UUID(bytes=content[place : place + 16]) for place in places])
