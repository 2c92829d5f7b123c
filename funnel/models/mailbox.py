"""The local mailbox: where mail goes until a provider is set, so that anyone can read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Identity, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class MailboxMail(Base):
    __tablename__ = "mailbox"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    message_id: Mapped[UUID]
    to: Mapped[str]
    sender: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    headers: Mapped[dict[str, Any]]
    #: engine time
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("message_id"), Index("ix_mailbox_to", sql('lower("to")'), "id"))
