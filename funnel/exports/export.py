"""One export: which columns under which headings, narrowed to what, in which format; and the SQL that makes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from psycopg2.extensions import cursor as Cursor  # noqa: N812
from sqlalchemy import ClauseElement, Select, text
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

from funnel.exports.leads import field_column
from funnel.exports.presets import PRESETS
from funnel.exports.table import Column, Table

Format: TypeAlias = Literal["csv", "ndjson", "parquet"]
FORMATS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
#: what CSV cannot hold in its own syntax, so that each JSON document stands there as it is
_BARE = "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02', ENCODING 'UTF8'"
_FIELD = re.compile(r"fields\.([\w .-]{1,100})")
_DIALECT = PGDialect_psycopg2(paramstyle="pyformat")  # type: ignore[no-untyped-call]


class UnknownColumnError(ValueError):
    """The message names the columns that there are."""


@dataclass(frozen=True)
class Export:
    table: Table
    #: each heading and its column
    columns: Sequence[tuple[str, Column]]
    format: Format = "csv"
    separator: str = ","
    #: the mark by which Excel knows UTF-8
    bom: bool = False
    #: the ids of the leads to tell of; None: of all
    leads: Select[Any] | None = None
    since: datetime | None = None
    until: datetime | None = None

    def copy(self, cursor: Cursor) -> str:
        """COPY, of a single statement and so of a single moment, each row a line."""
        if self.format == "ndjson":
            rows = self.select(cursor)
            return f"COPY (SELECT row_to_json(exported) FROM ({rows}) AS exported) TO STDOUT WITH ({_BARE})"
        options = f"FORMAT csv, HEADER, DELIMITER '{self.separator}', ENCODING 'UTF8'"
        return f"COPY ({self._select(cursor, lambda column: column.cell)}) TO STDOUT WITH ({options})"

    def select(self, cursor: Cursor) -> str:
        """The rows themselves, with their types."""
        return self._select(cursor, lambda column: column.value)

    def _select(self, cursor: Cursor, expression: Callable[[Column], str]) -> str:
        cells = ", ".join(f"{expression(column)} AS {_quoted(heading)}" for heading, column in self.columns)
        needed = {column.join for _, column in self.columns}
        joins = " ".join(sql for name, sql in self.table.joins.items() if name in needed)
        where, params = self._where(cursor)
        statement = text(f"SELECT {cells} FROM {self.table.source} {joins} {where}")
        return literally(cursor, statement, {**self.table.params, **params})

    def _where(self, cursor: Cursor) -> tuple[str, dict[str, Any]]:
        conditions, params = [], {}
        for name, limit, sign in (("since", self.since, ">="), ("until", self.until, "<")):
            if limit is not None:
                conditions.append(f"{self.table.at} {sign} CAST(:{name} AS timestamptz)")
                params[name] = limit
        if self.leads is not None:
            chosen = literally(cursor, self.leads).replace(":", "\\:")
            conditions.append(f"{self.table.source}.{_lead(self.table)} IN ({chosen})")
        return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), params


def chosen(table: Table, names: Sequence[str]) -> list[tuple[str, Column]]:
    """The columns with these names; the usual ones when there are none. Raises UnknownColumnError."""
    wanted = names or table.usual or [column.name for column in table.columns]
    return [(name, _column(table, name)) for name in wanted]


def preset(name: str) -> list[tuple[str, Column]]:
    """The columns of one of PRESETS."""
    return list(PRESETS[name])


def filename(export: Export, now: datetime, suffix: str = "") -> str:
    """`leads-hubspot-2026-11-24.csv`."""
    parts = [export.table.name, *([suffix] if suffix else []), f"{now:%Y-%m-%d}"]
    return f"{'-'.join(parts)}.{export.format}"


def media_type(export: Export) -> str:
    return FORMATS[export.format]


def _column(table: Table, name: str) -> Column:
    if column := table.named(name):
        return column
    if table.name == "leads" and (found := _FIELD.fullmatch(name)):
        return field_column(found[1])
    there = ", ".join(column.name for column in table.columns)
    raise UnknownColumnError(f"There is no column {name}. There are: {there}.")


def _lead(table: Table) -> str:
    return "id" if table.source == "leads" else "lead_id"


def _quoted(heading: str) -> str:
    """A heading as an identifier of SQL."""
    return '"' + heading.replace('"', '""').replace(":", "\\:") + '"'


def literally(cursor: Cursor, statement: ClauseElement, params: Mapping[str, Any] = MappingProxyType({})) -> str:
    """The statement with its values in it, as psycopg2 quotes them: COPY takes no parameters."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    values = {name: params.get(name, value) for name, value in compiled.params.items()}
    for name, bound in compiled.binds.items():  # type: ignore[attr-defined]
        process = bound.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
        if process and name in values:
            values[name] = process(values[name])
    return str(cursor.mogrify(str(compiled), values).decode())
