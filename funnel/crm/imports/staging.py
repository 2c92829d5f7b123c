"""The rows of a file on their way in: copied stretch by stretch, walked in the order of their addresses."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.importing import Plan, Records, Refusal
from funnel.importing.cells import STRENGTH

_COPY_ROWS = "COPY import_rows (import_id, line, email, said, told) FROM STDIN"
_COPY_REFUSALS = 'COPY import_refusals (import_id, line, reason, "column") FROM STDIN'
_CLEAR = (
    text("DELETE FROM import_rows WHERE import_id = :import"),
    text("DELETE FROM import_refusals WHERE import_id = :import"),
)
_FORGOTTEN = text("DELETE FROM import_rows WHERE import_id IN (SELECT id FROM imports WHERE file_id IS NULL)")
_ANY = text("SELECT EXISTS (SELECT FROM import_rows WHERE import_id = :import)")
_UPTO = text("""
    SELECT email FROM import_rows WHERE import_id = :import AND email > :after ORDER BY email OFFSET :size LIMIT 1
""")
_REPEATED = text("""
    INSERT INTO import_refusals (import_id, line, reason, first_line)
    SELECT :import, line, 'repeated', first_line
      FROM (SELECT line, first_value(line) OVER (PARTITION BY email ORDER BY line) AS first_line FROM import_rows
             WHERE import_id = :import AND email > :after AND email <= :upto) AS rows
     WHERE line <> first_line
        ON CONFLICT DO NOTHING
""")
_KNOWN_AS = text("""
    UPDATE import_rows r SET email = lead.email FROM merged_leads merged JOIN leads lead ON lead.id = merged.into_id
     WHERE r.import_id = :import AND merged.email = r.email AND NOT EXISTS (SELECT FROM leads WHERE email = r.email)
""")
_COUNT = text("SELECT count(*) FROM import_rows WHERE import_id = :import AND email > :after AND email <= :upto")


def clear(session: Session, import_id: int) -> None:
    """Forget the rows of this file and what was wrong with them."""
    for statement in _CLEAR:
        session.execute(statement, {"import": import_id})


def clear_rows(session: Session, import_id: int) -> None:
    """Forget the rows; what was refused is still told."""
    session.execute(_CLEAR[0], {"import": import_id})


def forget_expired(session: Session) -> None:
    """Forget the rows whose file is no longer kept: of a dry run that no run followed, or of a run that was stopped."""
    session.execute(_FORGOTTEN)


def present(session: Session, import_id: int) -> bool:
    """Whether any row is there: after a crash of the database none is."""
    return bool(session.scalar(_ANY, {"import": import_id}))


def counted(session: Session) -> None:
    """Let the planner know how many rows came, before they are joined."""
    session.execute(text("ANALYZE import_rows"))


def known_as(session: Session, import_id: int) -> None:
    """The address of a lead that became part of another means that one."""
    session.execute(_KNOWN_AS, {"import": import_id})


def put(session: Session, import_id: int, plan: Plan, records: Records, *, skip: bool) -> tuple[int, int]:
    """Copy what the plan makes of these rows; how many were taken, and how many refused. `skip` passes the first over.

    Raises FileError.
    """
    taken: list[str] = []
    refused: list[str] = []
    strength, row_of = STRENGTH, plan.row
    for line, cells in records:
        if skip:
            skip = False
            continue
        row = row_of(cells)
        if isinstance(row, Refusal):
            refused.append(f"{import_id}\t{line}\t{row.reason}\t{_written(row.column)}\n")
        else:
            told = row.told.replace("\\", "\\\\") if "\\" in row.told else row.told
            taken.append(f"{import_id}\t{line}\t{row.email}\t{strength[row.said]}\t{told}\n")
    _copy(session, _COPY_ROWS, taken)
    _copy(session, _COPY_REFUSALS, refused)
    return len(taken), len(refused)


def _written(name: str | None) -> str:
    """A column's name as COPY reads it."""
    if name is None:
        return "\\N"
    return name.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _copy(session: Session, statement: str, lines: Sequence[str]) -> None:
    if lines:
        cursor: Any = session.connection().connection.cursor()
        with cursor:
            cursor.copy_expert(statement, io.BytesIO("".join(lines).encode()), 1 << 16)


def stretch(session: Session, import_id: int, after: str, size: int) -> dict[str, Any]:
    """The next addresses, about `size` rows of them: what `writing` asks for; `last` when none are left behind them.

    All rows of one address are in one stretch.
    """
    upto = session.scalar(_UPTO, {"import": import_id, "after": after, "size": size - 1})
    # No address is larger than a tilde: it begins with a letter, a digit or a sign before it.
    return {"import": import_id, "after": after, "upto": upto or "~\x7f", "last": upto is None}


def repeated(session: Session, where: dict[str, Any]) -> int:
    """Refuse the rows whose address an earlier row has; how many there are of them."""
    return session.execute(_REPEATED, where).rowcount  # type: ignore[attr-defined,no-any-return]


def count(session: Session, where: dict[str, Any]) -> int:
    """Rows of a stretch."""
    return int(session.scalar(_COUNT, where) or 0)
