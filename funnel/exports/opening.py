"""Beginning an export, in whichever format."""

from __future__ import annotations

from funnel.db import Database
from funnel.exports import parquet
from funnel.exports.export import Export
from funnel.exports.stream import Stream, copied


class MissingPackageError(Exception):
    """Parquet was asked for, and the package pyarrow is not installed."""


def open_stream(database: Database, export: Export) -> Stream:
    """The export's bytes. Raises MissingPackageError, and psycopg2's errors when the database cannot begin."""
    if export.format != "parquet":
        return Stream(database.url, export, copied)
    if not parquet.available():
        raise MissingPackageError("Parquet needs the package pyarrow: pip install 'funnel[parquet]' (or pyarrow).")
    return Stream(database.url, export, parquet.written)
