"""Addresses never to be mailed again. Only keyed fingerprints are kept, so that they outlive an erasure lawfully."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.models import Suppression


def fingerprint(address: str, key: bytes) -> bytes:
    """HMAC-SHA256 of the address in lower case; the key never rotates, or nothing would be recognised."""
    return hmac.digest(key, address.strip().lower().encode(), "sha256")


def suppress(session: Session, address: str, reason: str, now: datetime, key: bytes) -> None:
    """Never mail this address again; the first reason stays. `reason` is one of the model's words."""
    row = {"fingerprint": fingerprint(address, key), "reason": reason, "at": now}
    session.execute(insert(Suppression).values(row).on_conflict_do_nothing())


def suppressed(session: Session, addresses: Iterable[str], key: bytes) -> set[str]:
    """Those of the addresses that may never be mailed."""
    by_fingerprint = {fingerprint(address, key): address for address in addresses}
    if not by_fingerprint:
        return set()
    found = session.scalars(select(Suppression.fingerprint).where(Suppression.fingerprint.in_(by_fingerprint)))
    return {by_fingerprint[one] for one in found}
