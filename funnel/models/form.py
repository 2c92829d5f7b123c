"""A landing form, and one filling of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class Form(Base):
    """`definition` is what `schemas.form.FormIn` accepted: fields, consents, thanks_url, origins, double_opt_in."""

    __tablename__ = "forms"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    key: Mapped[str]
    name: Mapped[str]
    #: grows by one with each change of the definition
    version: Mapped[int] = mapped_column(server_default=text("1"))
    definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("key"),)


class Submission(Base):
    __tablename__ = "submissions"

    #: minted before the first attempt to write it, so that a repeat is recognised
    id: Mapped[UUID] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("forms.id"))
    form_version: Mapped[int]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id"))
    values: Mapped[dict[str, Any]]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    #: a suspicious filling with all that came along, until a person has looked at it
    held: Mapped[dict[str, Any] | None]
    #: truncated to its network
    ip: Mapped[str | None]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("outcome IN ('accepted', 'spam', 'rejected')", name="outcome"),
        Index(None, "lead_id"),
        Index(None, "form_id", "at"),
        # Read when the owner of an address asks what there is of it: fillings that became nobody's.
        Index(
            "ix_submissions_of_nobody",
            text("lower(values ->> 'email')"),
            postgresql_where=text("lead_id IS NULL"),
        ),
        # Read by those who look at what was held.
        Index("ix_submissions_held", "at", "id", postgresql_where=text("held IS NOT NULL")),
    )
