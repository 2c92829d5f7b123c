"""Files in which a person is named: what was uploaded for an import, what an export made. They go with the person."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from funnel.crm import files
from funnel.models import KeptFile

#: what holds text as it is; of all others nobody can tell whom they name without unpacking them
_PLAIN = ("text/", "application/json", "application/x-ndjson", "application/ndjson")
#: what an address has on neither side of it: then it is the end or the beginning of another one
_APART = rb"(?<![a-z0-9._%%+-])%b(?![a-z0-9-])"
#: bytes of a part that are read again with the next one, as an address may lie across both
_OVERLAP = 512

# Whoever reads such a file cannot go on: what it would still write down is what was just erased.
_STOP = text("""
    UPDATE jobs SET status = 'failed', reason = 'erased', ended_at = now(), due_at = NULL
     WHERE due_at IS NOT NULL
       AND (params::text LIKE '%' || :file || '%'
            OR id IN (SELECT job_id FROM imports WHERE file_id = CAST(:file AS uuid)))
""")


def forget(session: Session, addresses: Collection[str]) -> int:
    """Delete every kept file that names one of these addresses (in lower case), or that could; returns how many.

    A job that still reads one fails with the reason `erased`: the file has to be sent again, without that person.
    """
    if not addresses:
        return 0
    found = [file.id for file in session.scalars(select(KeptFile)) if _names(session, file, addresses)]
    for file_id in found:
        session.execute(_STOP, {"file": str(file_id)})
    if found:
        session.execute(delete(KeptFile).where(KeptFile.id.in_(found)))
    return len(found)


def _names(session: Session, file: KeptFile, addresses: Collection[str]) -> bool:
    if not file.media_type.startswith(_PLAIN):
        return True
    wanted = [address.encode() for address in addresses]
    return any(_holds(stretch, one) for stretch in _stretches(session, file.id) for one in wanted)


def _holds(stretch: bytes, address: bytes) -> bool:
    return address in stretch and re.search(_APART % re.escape(address), stretch) is not None


def _stretches(session: Session, file_id: UUID) -> Iterator[bytes]:
    """The file in small letters, in stretches that overlap; UTF-16 loses its zeros, so that it reads like ASCII."""
    before = b""
    for data in files.parts(session, file_id):
        stretch = before + data.replace(b"\0", b"").lower()
        yield stretch
        before = stretch[-_OVERLAP:]
