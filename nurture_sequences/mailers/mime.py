"""A mail as the bytes that travel, put together by hand.

Many times as fast as email.message, and it keeps List-Unsubscribe in one piece: the standard policy folds a long URL
into encoded words, after which no mail program recognises it. tests/nurture_sequences/test_mime.py reads the bytes
back with email.message and finds the same mail.
"""

from __future__ import annotations

import binascii
import re
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from nurture_sequences.mailers.address import checked_address, plain_line, split_sender
from nurture_sequences.mailers.protocol import Email

#: RFC 5322 section 2.1.1: a line must not be longer, and should not be longer than the other
MOST_LINE, GOOD_LINE = 998, 78
#: bytes in an encoded word: 52 characters of base64, so that name and word stay under 76 (RFC 2047 section 2)
WORD_BYTES = 39
#: the headers that this module writes, and no caller may
RESERVED = {
    *("from", "to", "cc", "bcc", "subject", "date", "message-id"),
    *("mime-version", "content-type", "content-transfer-encoding"),
}
_NAME = re.compile(r"[!-9;-~]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def headers(email: Email, date: datetime) -> dict[str, str]:
    """Every header but those of the MIME parts, as people read them. Raises ValueError for what no header may hold.

    `date` is aware and in UTC.
    """
    _, sender = split_sender(email.sender)
    return {
        "From": email.sender,
        "To": checked_address(email.to),
        "Subject": plain_line("Subject", email.subject).strip(),
        "Date": _date(date.replace(microsecond=0)),
        "Message-ID": f"<{email.message_id}@{sender.rpartition('@')[2]}>",
        **{_header_name(name): plain_line(name, value).strip() for name, value in email.headers.items()},
    }


def raw(email: Email, date: datetime) -> bytes:
    """The whole mail, lines ended by CRLF, dots not yet stuffed. Raises ValueError for what cannot be a mail."""
    lines = [_line(name, value) for name, value in headers(email, date).items()]
    head = "\r\n".join(lines).encode() + b"\r\nMIME-Version: 1.0\r\n"
    if email.html is None:
        return head + _part(b"plain", email.text)
    mark = b"=_" + email.message_id.hex.encode()
    return b"".join(
        (
            head,
            b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n--%b\r\n' % (mark, mark),
            _part(b"plain", email.text),
            # The CRLF before a mark belongs to the mark (RFC 2046 section 5.1.1).
            b"\r\n--%b\r\n" % mark,
            _part(b"html", email.html),
            b"\r\n--%b--\r\n" % mark,
        )
    )


_date = lru_cache(maxsize=4)(format_datetime)


def _part(kind: bytes, content: str) -> bytes:
    lines = content.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    encoding, data = _encoded(lines)
    return b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n\r\n%b" % (kind, encoding, data)


def _encoded(lines: list[str]) -> tuple[bytes, bytes]:
    """ASCII as it is, the rest in base64 (RFC 2045 section 6): quoted-printable takes five times as long to write."""
    content = "\r\n".join(lines) + "\r\n"
    data = content.encode()
    if content.isascii() and "\0" not in content and max(map(len, lines)) <= MOST_LINE:
        return b"7bit", data
    coded = binascii.b2a_base64(data, newline=False)
    return b"base64", b"\r\n".join([coded[at : at + 76] for at in range(0, len(coded), 76)]) + b"\r\n"


def _line(name: str, value: str) -> str:
    if name in ("From", "Reply-To"):
        value = _mailbox(value)
    elif name.startswith("List-"):
        if not value.isascii():
            raise ValueError(f"{name} holds addresses, which are ASCII only")
    elif name != "To" and _needs_words(value):
        value = _words(value)
    line = f"{name}: {value}"
    return line if len(line) <= GOOD_LINE else _checked_length(_folded(name, value))


def _needs_words(value: str) -> bool:
    return not value.isascii() or not value.isprintable() or "=?" in value


@lru_cache(maxsize=256)
def _mailbox(value: str) -> str:
    name, address = split_sender(value)
    if not name:
        return address
    if _needs_words(name):
        return f"{_words(name)} <{address}>"
    if _PLAIN_NAME.fullmatch(name):
        return f"{name} <{address}>"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def _words(value: str) -> str:
    """RFC 2047 encoded words, cut between characters; spaces between neighbours vanish when they are read."""
    whole = value.encode()
    words, word = [], whole if len(whole) <= WORD_BYTES else b""
    for data in map(str.encode, "" if word else value):
        if len(word) + len(data) > WORD_BYTES:
            words.append(word)
            word = b""
        word += data
    return " ".join(f"=?utf-8?b?{binascii.b2a_base64(each, newline=False).decode()}?=" for each in (*words, word))


def _folded(name: str, value: str) -> str:
    """Broken at spaces near 78 characters. A word is never broken, and nothing is encoded: URLs stay whole."""
    lines, current = [], f"{name}:"
    for word in value.split(" "):
        if len(current) + 1 + len(word) > GOOD_LINE and current.strip() and current != f"{name}:":
            lines.append(current)
            current = ""
        current += f" {word}"
    return "\r\n".join((*lines, current))


def _checked_length(line: str) -> str:
    if len(line) > MOST_LINE and any(len(each.encode()) > MOST_LINE for each in line.split("\r\n")):
        raise ValueError(f"{line.partition(':')[0]} has a line of more than {MOST_LINE} characters")
    return line


def _header_name(name: str) -> str:
    if not _NAME.fullmatch(name) or name.lower() in RESERVED:
        raise ValueError("a header has a name that no further header may have")
    return name
