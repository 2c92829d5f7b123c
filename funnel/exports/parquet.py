"""Parquet, with the package pyarrow (`pip install 'funnel[parquet]'`): row groups written as the rows come."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from psycopg2.extensions import connection as Connection  # noqa: N812

from funnel.exports.export import Export
from funnel.exports.stream import Sink
from funnel.exports.table import Column

if TYPE_CHECKING:
    import pyarrow

#: rows in a row group: what is in memory at a time
ROWS = 20_000


def available() -> bool:
    """Whether pyarrow is installed; nothing else of the project needs it."""
    return find_spec("pyarrow") is not None


def written(connection: Connection, export: Export, sink: Sink) -> None:
    """The file, row group by row group; its footer comes last, so that half of it is no Parquet file."""
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema([(heading, _type(column)) for heading, column in export.columns])
    with connection.cursor() as plain:
        statement = export.select(plain)
    file = pyarrow.PythonFile(_File(sink), mode="w")
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer, connection.cursor("export") as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(ROWS):
            writer.write_batch(_batch(schema, rows, export))


def _batch(schema: pyarrow.Schema, rows: list[tuple[Any, ...]], export: Export) -> pyarrow.RecordBatch:
    import pyarrow

    columns = zip(*rows, strict=True)
    arrays = [
        pyarrow.array([_plain(cell, column) for cell in cells], schema.field(number).type)
        for number, (cells, (_, column)) in enumerate(zip(columns, export.columns, strict=True))
    ]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=schema)


def _plain(cell: Any, column: Column) -> Any:
    """Objects of JSON, and ids that are no numbers, as text."""
    if cell is None or column.kind not in ("json", "text", "word") or isinstance(cell, str):
        return cell
    import orjson

    return orjson.dumps(cell).decode() if isinstance(cell, dict | list | bool | int | float) else str(cell)


def _type(column: Column) -> pyarrow.DataType:
    import pyarrow

    match column.kind:
        case "integer":
            return pyarrow.int64()
        case "float":
            return pyarrow.float64()
        case "boolean":
            return pyarrow.bool_()
        case "time":
            return pyarrow.timestamp("us", tz="UTC")
        case "list":
            return pyarrow.list_(pyarrow.string())
    return pyarrow.string()


class _File:
    """What pyarrow writes to."""

    closed = False

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: Any) -> int:
        piece = bytes(data)
        if piece:
            self._sink.put(piece)
        return len(piece)

    def flush(self) -> None: ...

    def close(self) -> None:
        self.closed = True
