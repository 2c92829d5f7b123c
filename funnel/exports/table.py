"""What can be exported: a table's columns as SQL, and how a cell of each kind is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from psycopg2.extensions import QuotedString

#: `text` is what people told, and may be meant as a formula; `word` is ours
Kind: TypeAlias = Literal["text", "word", "integer", "float", "boolean", "time", "list", "json"]

# A cell that begins like this is a formula to a spreadsheet: = + - @, tab, line ends, and the wide forms of the four.
# Told by the number of its first character, which costs less than a pattern. A telephone number is a number.
_RISKY = "9, 10, 13, 43, 45, 61, 64, 65291, 65293, 65309, 65312"
_NUMBER = "^[+-][0-9 ().-]+$"


@dataclass(frozen=True)
class Column:
    """`sql` is an expression over the table's source; `join` names what it needs joined."""

    name: str
    sql: str
    kind: Kind = "word"
    join: str | None = None
    #: as JSON has it, where that differs
    json_sql: str | None = None

    @property
    def cell(self) -> str:
        """The expression for CSV: times in ISO 8601 and UTC, no formulas."""
        match self.kind:
            case "text":
                return guarded(self.sql)
            case "list":
                return guarded(f"array_to_string({self.sql}, ', ')")
            case "time":
                return f"""to_char({self.sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
            case "boolean" | "json":
                return f"({self.sql})::text"
        return self.sql

    @property
    def value(self) -> str:
        """The expression for NDJSON and Parquet, which know types."""
        return self.json_sql or self.sql


@dataclass(frozen=True)
class Table:
    """`source` is what FROM names, `joins` what some columns add to it, `at` the time that periods are asked of."""

    name: str
    source: str
    columns: Sequence[Column]
    #: names of those that are exported when none are chosen; empty: all
    usual: Sequence[str] = ()
    joins: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    #: of `:names` in the expressions
    params: Mapping[str, Any] = field(default_factory=dict)

    def named(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def guarded(sql: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe in front, as they themselves mark a text."""
    return f"CASE WHEN ascii({sql}) IN ({_RISKY}) AND {sql} !~ '{_NUMBER}' THEN '''' || {sql} ELSE {sql} END"


def literal(text: str) -> str:
    """A text as SQL. Colons are doubled, since the statement is read for `:parameters`."""
    quoted = QuotedString(text)
    quoted.encoding = "utf-8"
    return str(quoted.getquoted().decode()).replace(":", "\\:")
