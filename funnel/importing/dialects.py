"""Which character separates the cells of a file, and whether its first row names the columns."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from funnel.addresses import normalised
from funnel.importing.headers import is_known

SEPARATORS = (",", ";", "\t", "|")
_ROWS = 100


@dataclass(frozen=True)
class Dialect:
    """`confidence` is from 0 to 1."""

    separator: str
    header: bool
    confidence: float


def guess_dialect(text: str) -> Dialect:
    """From the start of a file; its last line may be cut off."""
    whole = text[: text.rfind("\n") + 1] or text
    by_separator = {separator: _rows(whole, separator) for separator in SEPARATORS}
    separator = max(SEPARATORS, key=lambda one: _regular(by_separator[one]))
    rows = by_separator[separator]
    header, sure = _has_header(rows)
    regular, columns = _regular(rows)
    return Dialect(separator, header, min(sure, regular if columns > 1 else 0.5))


def _rows(text: str, separator: str) -> list[list[str]]:
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return list(islice((row for row in rows if row), _ROWS))
    except csv.Error:  # this separator leaves a cell without an end
        return []


def _regular(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """The share of rows with the commonest number of cells, and that number; one cell tells nothing."""
    if not rows:
        return 0.0, 0
    (width, count), *_ = Counter(len(row) for row in rows).most_common(1)
    return (count / len(rows), width) if width > 1 else (0.0, width)


def _has_header(rows: Sequence[Sequence[str]]) -> tuple[bool, float]:
    """A row with an address is somebody; a row that names what we know is a header."""
    if not rows:
        return True, 0.0
    if any("@" in cell and normalised(cell) for cell in rows[0]):
        return False, 0.9
    return True, 0.95 if any(is_known(cell) for cell in rows[0]) else 0.6
