"""Addresses as a mailer needs them: name and address apart, and nothing in either that could break out."""

from __future__ import annotations

import re
from email.utils import parseaddr
from functools import lru_cache

#: RFC 5321 mailbox without quoted local parts and address literals; RFC 6531 allows more than ASCII before the @
# 254: RFC 5321 section 4.5.3.1.3, without the angle brackets
_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f<>()\[\]\\,;:@\"]+@[A-Za-z0-9.-]+")


@lru_cache(maxsize=256)
def split_sender(sender: str) -> tuple[str, str]:
    """(name, address) of an RFC 5322 mailbox. Raises ValueError when there is no usable address in it."""
    name, address = parseaddr(plain_line("From", sender))
    return name, checked_address(address)


def checked_address(address: str) -> str:
    """The address itself. Raises ValueError unless it is one plain local@domain, the domain in ASCII (xn--)."""
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        raise ValueError("not a mail address")
    return address


def plain_line(name: str, value: str) -> str:
    """A header's value, unchanged. Raises ValueError when it could start a header of its own, or cannot be written."""
    if value.isascii() and value.isprintable():
        return value
    if "\r" in value or "\n" in value or "\0" in value:
        raise ValueError(f"{name} holds a line break or NUL")
    value.encode()
    return value


def impersonal(text: str) -> str:
    """What a provider said without the addresses it repeats, since reasons end up in logs; at most 500 characters."""
    return re.sub(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+", "(address)", " ".join(text.replace("\0", " ").split()))[:500]
