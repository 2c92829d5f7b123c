"""Exports: tables that people may take away, as CSV, NDJSON or Parquet, streamed as PostgreSQL makes the lines."""

from funnel.exports.export import FORMATS, Export, UnknownColumnError, chosen, filename, media_type, preset
from funnel.exports.leads import leads_table
from funnel.exports.opening import MissingPackageError, open_stream
from funnel.exports.presets import PRESETS
from funnel.exports.story import STORY
from funnel.exports.stream import BrokenError, Stream
from funnel.exports.table import Column, Kind, Table

__all__ = [
    "FORMATS",
    "PRESETS",
    "STORY",
    "BrokenError",
    "Column",
    "Export",
    "Kind",
    "MissingPackageError",
    "Stream",
    "Table",
    "UnknownColumnError",
    "chosen",
    "filename",
    "leads_table",
    "media_type",
    "open_stream",
    "preset",
]
