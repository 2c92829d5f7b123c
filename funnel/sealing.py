"""Pure: secrets that must be read again are kept sealed with a key made of SECRET_KEY: a leaked database tells none."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class SealError(Exception):
    """None of the keys opens this: SECRET_KEY is another one than when it was sealed."""


def seal(keys: Sequence[bytes], purpose: str, secret: bytes) -> bytes:
    """Encrypted and signed with the first key, for this purpose alone."""
    return _ring(keys, purpose).encrypt(secret)


def unseal(keys: Sequence[bytes], purpose: str, sealed: bytes) -> bytes:
    """What was sealed with any of the keys. Raises SealError."""
    try:
        return _ring(keys, purpose).decrypt(sealed)
    except InvalidToken:
        raise SealError from None


def _ring(keys: Sequence[bytes], purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, purpose))) for key in keys])


def _derived(key: bytes, purpose: str) -> bytes:
    """RFC 5869: a key for each purpose, none of which tells another."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"funnel {purpose}".encode()).derive(key)
