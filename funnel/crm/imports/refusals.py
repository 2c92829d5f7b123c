"""The rows that an import did not take, and why: counted, listed, and given back as a file to be mended."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from funnel.crm.imports import source
from funnel.models import Import, ImportRefusal

#: what each reason means, for people who read the file
REASONS = {
    "no_email": "There is no email address.",
    "email": "This is not an email address.",
    "repeated": "This address stands in line {first_line} already.",
    "cells": "There are more cells than columns: a separator is inside a cell without quotes.",
    "value": "This value cannot be read.",
    "long": "The row is too long.",
}
#: the columns that are added; both are ignored when the mended file comes back
COLUMNS = ("Import line", "Import error")
_RISKY = re.compile(r"[=@\t\r]|[+-](?![\d\s().,/-]*\Z)")


@dataclass(frozen=True)
class Rest:
    """Where the file of refused rows goes on: a byte, and the lines before it."""

    offset: int = 0
    line: int = 0


def counts(session: Session, import_id: int) -> dict[str, int]:
    """How many rows were refused, by reason."""
    grouped = select(ImportRefusal.reason, func.count().label("n")).where(ImportRefusal.import_id == import_id)
    return {row.reason: row.n for row in session.execute(grouped.group_by(ImportRefusal.reason))}


def listed(session: Session, import_id: int, *, after: int = 0, limit: int = 100) -> Sequence[ImportRefusal]:
    """Refusals behind this line, in the order of the file."""
    return session.scalars(
        select(ImportRefusal)
        .where(ImportRefusal.import_id == import_id, ImportRefusal.line > after)
        .order_by(ImportRefusal.line)
        .limit(limit)
    ).all()


def header(one: Import) -> str:
    """The first line of the file of refused rows, with the mark that tells spreadsheets it is UTF-8."""
    return "\ufeff" + _csv(one, [[*one.names, *COLUMNS]])


def rows(session: Session, one: Import, rest: Rest) -> tuple[str, Rest | None]:
    """The refused rows of the next stretch of the file, and where to go on; None after the last. Raises FileError."""
    records, last = source.stretch(session, one, rest.offset, rest.line)
    read = list(records)
    found = {}
    if read:
        refused = select(ImportRefusal).where(
            ImportRefusal.import_id == one.id, ImportRefusal.line.between(read[0][0], read[-1][0])
        )
        found = {row.line: row for row in session.scalars(refused)}
    width = len(one.names)
    table = [
        [*(safe(cell) for cell in [*cells, *[""] * (width - len(cells))]), line, sentence(found[line])]
        for line, cells in read
        if line in found
    ]
    return _csv(one, table), None if last else Rest(rest.offset + records.used, records.line)


def sentence(refusal: ImportRefusal) -> str:
    """Why a row was refused, for people."""
    why = REASONS[refusal.reason].format(first_line=refusal.first_line)
    return f"{refusal.column}: {why}" if refusal.column else why


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers and telephone numbers stay as they are."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def _csv(one: Import, table: Sequence[Sequence[object]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=one.reading["separator"]).writerows(table)
    return out.getvalue()
