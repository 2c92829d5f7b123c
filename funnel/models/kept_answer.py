"""Answers kept for a caller who asks again because the first answer was lost on its way."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class KeptAnswer(Base):
    """One write that came with an `Idempotency-Key`. All times are wall times."""

    __tablename__ = "kept_answers"

    #: `user 3` or `token 5`
    caller: Mapped[str] = mapped_column(primary_key=True)
    #: SHA-256 of the caller's key
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    #: SHA-256 of what was asked
    request: Mapped[bytes] = mapped_column(LargeBinary)
    #: of the attempt that may write
    claim: Mapped[UUID]
    began_at: Mapped[datetime]
    #: written in the transaction of the change itself
    done_at: Mapped[datetime | None]
    #: sealed with a key made of the caller's own, which is kept nowhere; null: not told yet, lost, or too large
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (Index(None, "began_at"),)
