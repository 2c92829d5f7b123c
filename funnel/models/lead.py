"""A lead: a person in the CRM from first touch to customer and after, and the ladder it climbs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base
from funnel.models.search import make_functions

make_functions(Base.metadata)


class Stage(Base):
    """A rung of the maturity ladder; a higher position is more mature."""

    __tablename__ = "stages"

    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]

    __table_args__ = (UniqueConstraint("position"),)


class Lead(Base):
    __tablename__ = "leads"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: normalised and in lower case; the database keeps it unique, so one person is one lead
    email: Mapped[str]
    #: what forms and programs told about the lead, by field key
    fields: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    stage: Mapped[str] = mapped_column(ForeignKey("stages.key"), server_default=text("'subscriber'"))
    #: engine time
    stage_since: Mapped[datetime]
    fit: Mapped[float] = mapped_column(server_default=text("0"))
    #: as it stood at `engaged_at` (engine time); it fades from there
    engagement: Mapped[float] = mapped_column(server_default=text("0"))
    engaged_at: Mapped[datetime | None]
    #: a person decided the stage: no rule changes it before then (engine time)
    stage_held_until: Mapped[datetime | None]
    #: IANA time zone, once known
    zone: Mapped[str | None]
    locale: Mapped[str | None]
    #: the user who takes care of this lead; null: nobody yet
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    #: seeded by `funnel up --demo`: never mailed through a real provider
    demo: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    #: everything a person would look for, folded; the database writes it
    search: Mapped[str | None] = mapped_column(Computed("searched(email, fields)", persisted=True), deferred=True)
    #: the name, or the address, as lists order by it: folded, compared byte by byte
    sort_name: Mapped[str | None] = mapped_column(
        Text(collation="C"), Computed("sort_name(email, fields)", persisted=True), deferred=True
    )

    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("engagement = 0 OR engaged_at IS NOT NULL", name="engaged"),
        # Read by the list of leads and its keyset pages.
        Index(None, "created_at", "id"),
        # Read by the board: counts, and the newest of each stage.
        Index("ix_leads_stage", "stage", "stage_since", "id"),
        # Read by the list of one person's leads.
        Index("ix_leads_owner", "owner_id", "created_at", "id", postgresql_where=text("owner_id IS NOT NULL")),
        Index(None, "sort_name", "id"),
        Index(None, "tags", postgresql_using="gin"),
        Index(None, "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
        {"postgresql_with": {"fillfactor": "80"}},
    )
