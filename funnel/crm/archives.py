"""Everything that is kept of one person, in one file (GDPR articles 15 and 20): JSON, and the same as tables."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm.personal_data import Holding, People

#: what a spreadsheet would take for the beginning of a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read(
    session: Session, holdings: Sequence[Holding], people: People, now: datetime, about: Mapping[str, Any]
) -> dict[str, Any]:
    """What every room holds of one person, by section; `about` tells who keeps it, for how long, and who got it."""
    identifiers = {"lead_ids": list(people.leads), "addresses": sorted(people.addresses)}
    sections = {
        holding.section: _rows(session, holding.read, people, now)
        for holding in holdings
        if holding.section and holding.read
    }
    subject = sections.pop("subject", [])
    head = {"generated_at": now, **about, "subject": subject[0] if subject else None, "identifiers": identifiers}
    return head | sections


def zipped(archive: Mapping[str, Any]) -> bytes:
    """The archive as `archive.json`, with one CSV for each section that has rows."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("archive.json", orjson.dumps(archive, option=orjson.OPT_INDENT_2, default=_plain))
        for section, rows in archive.items():
            table = [rows] if section == "subject" and rows else rows
            if isinstance(table, list) and table and isinstance(table[0], Mapping):
                packed.writestr(f"{section}.csv", _csv(table))
    return file.getvalue()


def _rows(session: Session, statement: str, people: People, now: datetime) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(text(statement), people.parameters(now)).mappings()]


def _plain(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """RFC 4180, with a byte order mark, so that spreadsheets read UTF-8."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return "\ufeff" + table.getvalue()


def _cell(value: Any) -> Any:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case dict() | list():
            return orjson.dumps(value, default=_plain).decode()
        case str() if value.startswith(_FORMULA):
            return f"'{value}"
        case _:
            return value
