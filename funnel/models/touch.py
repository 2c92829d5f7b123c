"""A touch: where a lead came from, this time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class Touch(Base):
    __tablename__ = "touches"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    submission_id: Mapped[UUID | None]
    source: Mapped[str | None]
    medium: Mapped[str | None]
    campaign: Mapped[str | None]
    term: Mapped[str | None]
    content: Mapped[str | None]
    #: gclid, fbclid and their like, by name
    click_ids: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    page: Mapped[str | None]
    referrer: Mapped[str | None]
    at: Mapped[datetime]

    __table_args__ = (
        Index(None, "lead_id", "at"),
        # Read by the list's filters.
        Index(None, "campaign", "lead_id", postgresql_where=text("campaign IS NOT NULL")),
        Index(None, "source", "lead_id", postgresql_where=text("source IS NOT NULL")),
    )
