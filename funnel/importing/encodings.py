"""Which encoding a file is in, guessed while it comes in; a person may know better."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

from charset_normalizer import from_bytes

#: what can be chosen; all are written so that decoding and encoding again gives as many bytes
ENCODINGS = (
    *("utf-8", "utf-16-le", "utf-16-be"),
    *("cp1252", "iso8859-15", "mac_roman", "cp1250", "cp1251", "cp1253", "cp1254", "cp850"),
    *("cp932", "gb18030", "big5", "euc_kr"),
)
_BOMS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
#: bytes kept to guess from: the first, and the first around letters that are not ASCII
_SAMPLE = 64 * 1024


@dataclass(frozen=True)
class Guess:
    """An encoding and how sure that is, from 0 to 1."""

    encoding: str
    confidence: float


def bom_length(head: bytes, encoding: str) -> int:
    """Bytes at the start of a file that only say how it is encoded."""
    bom = _BOMS.get(encoding, b"")
    return len(bom) if bom and head.startswith(bom) else 0


@dataclass
class Sniffer:
    """Given a file piece by piece; keeps only a sample of it."""

    head: bytes = b""
    _strange: bytes = b""
    _utf8: bool = True
    _ascii: bool = True
    _decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def feed(self, piece: bytes) -> None:
        if len(self.head) < _SAMPLE:
            self.head += piece[: _SAMPLE - len(self.head)]
        if not piece.isascii():
            self._ascii = False
            if len(self._strange) < _SAMPLE:
                first = next(at for at, byte in enumerate(piece) if byte > 127)
                self._strange += piece[max(first - 200, 0) : first + _SAMPLE - len(self._strange)]
        if self._utf8:
            self._check_utf8(piece)

    def guess(self) -> Guess:
        for encoding, bom in _BOMS.items():
            if self.head.startswith(bom):
                return Guess(encoding, 1.0)
        if wide := _utf16_without_bom(self.head):
            return Guess(wide, 0.9)
        if self._utf8:
            return Guess("utf-8", 1.0)
        return _eight_bits(self._strange)

    def _check_utf8(self, piece: bytes) -> None:
        try:
            self._decoder.decode(piece)
        except UnicodeDecodeError:
            self._utf8 = False


def _utf16_without_bom(head: bytes) -> str | None:
    """Latin letters in two bytes each: every other byte is nothing."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 5:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _eight_bits(strange: bytes) -> Guess:
    if _mostly_utf8(strange):
        return Guess("utf-8", 0.5)
    names = [name for name in ENCODINGS if not name.startswith("utf")]
    found = [match for match in from_bytes(strange, cp_isolation=names) if match.encoding in names]
    if not found:
        return Guess("cp1252", 0.2)
    # The best by far, or of several as good the one that most programs in Europe write.
    good = [match for match in found if match.chaos <= found[0].chaos + 0.02]
    # One match stands for all encodings in which the sample is the very same text.
    same = {name for match in good for name in match.could_be_from_charset}
    return Guess("cp1252" if "cp1252" in same else good[0].encoding, 0.9 if len(good) == 1 else 0.6)


def _mostly_utf8(strange: bytes) -> bool:
    """A file in UTF-8 with a few broken bytes is that, not one of another encoding full of odd letters."""
    text = strange.decode("utf-8", errors="replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    return sum(letter > "\x7f" for letter in text) - broken > 10 * broken
