"""Pure: short signed tokens for the addresses that mails carry.

The unsubscribe token has no expiry, and a new first key leaves old links working (the list of keys is a ring).
A token stays under 56 characters, so that the `List-Unsubscribe` line is never folded: Python's email package would
encode a long word, and the one-click of RFC 8058 would be dead.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from uuid import UUID

#: bytes of the HMAC-SHA256 that are kept: 128 bits, RFC 2104 section 5
_MAC = 16
_UUID = 16


def sign(keys: Sequence[bytes], purpose: str, payload: bytes) -> str:
    """A URL-safe token that only a holder of the first key can make, good for one purpose."""
    return urlsafe_b64encode(payload + _mac(keys[0], purpose, payload)).rstrip(b"=").decode()


def read(keys: Sequence[bytes], purpose: str, token: str) -> bytes | None:
    """The payload of a token that one of the keys signed for this purpose; null for any other text."""
    try:
        signed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (NotBase64, UnicodeEncodeError):
        return None
    payload, mac = signed[:-_MAC], signed[-_MAC:]
    # Every key is tried, so that the time taken does not tell which one signed.
    matches = [hmac.compare_digest(mac, _mac(key, purpose, payload)) for key in keys]
    return payload if any(matches) else None


def unsubscribe_token(keys: Sequence[bytes], lead_id: int, message_id: UUID) -> str:
    """For `/u/{token}`: whose mail it was, and which mail."""
    lead = lead_id.to_bytes((lead_id.bit_length() + 7) // 8)
    return sign(keys, "unsubscribe", lead + message_id.bytes)


def read_unsubscribe(keys: Sequence[bytes], token: str) -> tuple[int, UUID] | None:
    """The lead's id and the message's id; null when the token is not ours."""
    payload = read(keys, "unsubscribe", token)
    if payload is None or len(payload) <= _UUID:
        return None
    return int.from_bytes(payload[:-_UUID]), UUID(bytes=payload[-_UUID:])


def confirm_token(keys: Sequence[bytes], submission_id: UUID) -> str:
    """For `/c/{token}`: the submission whose consents wait for the address's owner."""
    return sign(keys, "confirm", submission_id.bytes)


def read_confirm(keys: Sequence[bytes], token: str) -> UUID | None:
    """The submission's id; null when the token is not ours."""
    payload = read(keys, "confirm", token)
    return UUID(bytes=payload) if payload and len(payload) == _UUID else None


def user_link_token(keys: Sequence[bytes], link_id: UUID) -> str:
    """For `/app/join/{token}`: the link by which a user sets a password, once."""
    return sign(keys, "user link", link_id.bytes)


def read_user_link(keys: Sequence[bytes], token: str) -> UUID | None:
    """The link's id; null when the token is not ours."""
    payload = read(keys, "user link", token)
    return UUID(bytes=payload) if payload and len(payload) == _UUID else None


def _mac(key: bytes, purpose: str, payload: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + payload, "sha256")[:_MAC]
