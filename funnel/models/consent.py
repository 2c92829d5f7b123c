"""The consent ledger: one row for each thing a lead agreed to, refused or withdrew, with its proof."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class Consent(Base):
    """Append-only; the state of a purpose is its last row (GDPR article 7(1): consent must be demonstrable)."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    #: `pending` waits for the confirmation of a double opt-in
    action: Mapped[str]
    #: whether a yes to it permits mail, as the form said then
    permits_mail: Mapped[bool] = mapped_column(server_default=text("false"))
    #: the exact words the person saw
    wording: Mapped[str | None]
    #: form, one-click, preferences, api, import
    channel: Mapped[str]
    form_id: Mapped[int | None] = mapped_column(ForeignKey("forms.id"))
    form_version: Mapped[int | None]
    submission_id: Mapped[UUID | None]
    #: the import that stated it, whose proof it has; no foreign key: a million rows would ask for the same one
    import_id: Mapped[int | None]
    page: Mapped[str | None]
    locale: Mapped[str | None]
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint("action IN ('granted', 'denied', 'withdrawn', 'pending')", name="action"),
        # Read for the state of a lead: the last row of each purpose.
        Index(None, "lead_id", "purpose", "id"),
    )
