"""Addresses never to be mailed again. Only keyed fingerprints are kept, so that they outlive an erasure lawfully."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.models import Suppression

_FOUND = text("SELECT fingerprint FROM suppressions WHERE fingerprint = ANY (:fingerprints)")


def fingerprint(address: str, key: bytes) -> bytes:
    """HMAC-SHA256 of the address in lower case; the key never rotates, or nothing would be recognised."""
    return hmac.digest(key, address.strip().lower().encode(), "sha256")


def suppress(session: Session, address: str, reason: str, now: datetime, key: bytes) -> None:
    """Never mail this address again; the first reason stays. `reason` is one of the model's words."""
    suppress_all(session, {address: reason}, now, key)


def suppress_all(session: Session, reasons: Mapping[str, str], now: datetime, key: bytes) -> None:
    """Suppress each of these addresses for its reason; in one order, so that two callers never wait for each other."""
    marks = sorted((fingerprint(address, key), reason) for address, reason in reasons.items())
    if marks:
        rows = [{"fingerprint": mark, "reason": reason, "at": now} for mark, reason in marks]
        session.execute(insert(Suppression).on_conflict_do_nothing(), rows)


def suppressed(session: Session, addresses: Iterable[str], key: bytes) -> set[str]:
    """Those of the addresses that may never be mailed."""
    by_fingerprint = {fingerprint(address, key): address for address in addresses}
    if not by_fingerprint:
        return set()
    found = session.scalars(_FOUND, {"fingerprints": list(by_fingerprint)})
    return {by_fingerprint[bytes(one)] for one in found}
