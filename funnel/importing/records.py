"""Reading a file stretch by stretch: whole rows, and how far they reached, so that reading can go on from there."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from funnel.importing.encodings import bom_length


class FileError(Exception):
    """The file cannot be read on. `reason` is a word, `line` where it stands (from 1)."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"{reason} in line {line}")
        self.reason, self.line = reason, line


@dataclass(frozen=True)
class Reading:
    """How a file is written."""

    encoding: str
    separator: str
    header: bool


class Records:
    """The rows of one stretch of a file that begins with a row, as (line, cells); empty rows are passed over.

    Once it was iterated, `used` says how many bytes its whole rows were, and `line` how many lines there are up to
    there. A row that goes on behind the stretch is left for the next, unless this is the `last`.
    Iterating raises FileError for bytes that are not text in this encoding, and for a quote that nothing closes.
    """

    def __init__(self, data: bytes, reading: Reading, *, last: bool, line: int = 0) -> None:
        self._reading, self._last = reading, last
        self._bom = 0 if line else bom_length(data, reading.encoding)
        self._data = data[self._bom :] if self._bom else data
        self._text = ""
        self._first, self._taken, self._ended = line, 0, False
        self.used, self.line = 0, line

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        text = _decoded(self._data, self._reading.encoding, last=self._last, line=self._first)
        self._text = _whole_lines(text, last=self._last)
        rows = csv.reader(self._lines(), delimiter=self._reading.separator)
        end = 0
        try:
            for cells in rows:
                if self._ended and not self._last:
                    break  # the row goes on behind the stretch
                start, self.line, end = self.line + 1, self._first + rows.line_num, self._taken
                if any(cells):
                    yield start, cells
        except csv.Error:
            raise FileError("quote", self.line + 1) from None
        self.used = self._bom + len(self._text[:end].encode(self._reading.encoding))
        if not end and not self._last:
            raise FileError("quote", self.line + 1)

    def _lines(self) -> Iterator[str]:
        for line in io.StringIO(self._text, newline=""):
            self._taken += len(line)
            yield line
        self._ended = True


def _decoded(data: bytes, encoding: str, *, last: bool, line: int) -> str:
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(data, last)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        raise FileError("encoding", line + _breaks(before) + 1) from None
    if "\x00" in text:
        raise FileError("nul", line + _breaks(text[: text.index("\x00")]) + 1)
    return text


def _whole_lines(text: str, *, last: bool) -> str:
    """A carriage return at the very end may be half of a line's end."""
    if last:
        return text
    return text[: max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1]


def _breaks(text: str) -> int:
    return len(text.splitlines()) - (0 if text.endswith(("\n", "\r")) else 1) if text else 0
