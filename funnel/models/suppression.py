"""Addresses never to be mailed again, kept as keyed fingerprints so that erasure can keep its word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class Suppression(Base):
    __tablename__ = "suppressions"

    #: HMAC-SHA256 of the normalised address under the fingerprint key, which never rotates
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("reason IN ('hard_bounce', 'soft_bounces', 'complaint', 'objection', 'erased')", name="reason"),
    )
