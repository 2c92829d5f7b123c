"""The file of an import: its first rows, and its rows stretch by stretch."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from funnel.crm import files
from funnel.importing import Reading, Records, bom_length
from funnel.models import Import

#: parts of the file that are read at once
PARTS = 3
#: bytes of the start that are looked at to guess
_START = 256 * 1024


def start(session: Session, file_id: UUID, encoding: str) -> str:
    """The start of the file as text; bytes that are none in this encoding are shown as such."""
    head = (files.part(session, file_id, 0) or b"")[:_START]
    return head[bom_length(head, encoding) :].decode(encoding, "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")


def first_rows(text: str, reading: Mapping[str, Any], count: int) -> list[list[str]]:
    """The first rows of a text that may be cut off at its end."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=reading["separator"])
    try:
        return list(islice((row for row in rows if any(row)), count))
    except csv.Error:  # a quote that nothing closes: a run names its line
        return []


def stretch(session: Session, one: Import, offset: int, line: int) -> tuple[Records, bool]:
    """The rows from this byte on, which come after so many lines; and whether they are the last.

    Nothing is read before its rows are iterated, which raises FileError.
    """
    reading = Reading(one.reading["encoding"], one.reading["separator"], one.reading["header"])
    first, into = divmod(offset, files.PART)
    data = b""
    if one.file_id is not None:
        parts = islice(files.parts(session, one.file_id, first), PARTS)
        data = b"".join(parts)[into:]
    last = first + PARTS >= -(-one.size // files.PART)
    return Records(data, reading, last=last, line=line), last
