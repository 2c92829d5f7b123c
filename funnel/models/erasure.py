"""Who was erased: a number, keyed fingerprints, a reason; nothing that tells who it was."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Identity, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class Erasure(Base):
    """One person erased. A copy of each row is kept outside the database, so that a restore repeats it."""

    __tablename__ = "erasures"

    number: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: the same in every copy of the database, and in the file outside it
    id: Mapped[UUID]
    #: null for an address that no lead had
    lead_id: Mapped[int | None]
    #: engine time: what the person did before it is erased, whatever brings it back
    at: Mapped[datetime]
    reason: Mapped[str]
    #: `user 3`, `token 5` or `system`
    erased_by: Mapped[str]
    #: of every address the person was known by; as in suppressions
    fingerprints: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    #: whether these addresses were suppressed with it
    suppressed: Mapped[bool] = mapped_column(server_default=text("true"))

    __table_args__ = (
        CheckConstraint("reason IN ('asked', 'objection', 'retention', 'mistake', 'test')", name="reason"),
        UniqueConstraint("id"),
        # Read when something of an address comes back: from the spool, an import, a restored copy.
        Index("ix_erasures_fingerprints", "fingerprints", postgresql_using="gin"),
    )
