"""Who saw, exported and changed what: for people who have to answer for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, Identity, Index, event, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base

#: the action of seeing one lead
READ_LEAD = "read_lead"


class AuditEntry(Base):
    """Append-only, and impersonal: ids and words, never a name, an address or what was written."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: wall time
    at: Mapped[datetime]
    #: `user 3`, `token 5`, `system` for the command line and what happens by itself, `nobody` who did not get in
    actor: Mapped[str]
    #: what was done, in a word: the name of the API's operation, or that of a verb
    action: Mapped[str]
    #: to what, as the API's addresses name it: `leads/12`, `sequences/welcome`, `forms`
    subject: Mapped[str]
    #: which call of the API it was, as its answer told
    request_id: Mapped[str | None]
    #: the caller's, /24 or /48
    network: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))

    __table_args__ = (
        # Read by the filters of the list, and by the person whom an entry is about.
        Index("ix_audit_subject", text('subject COLLATE "C"'), "id"),
        Index(None, "actor", "id"),
        # Read when old entries go.
        Index(None, "at"),
        # Seeing a lead is noted once an hour for each who sees it.
        Index(
            "uq_audit_seen",
            "actor",
            "subject",
            text("date_trunc('hour', at AT TIME ZONE 'UTC')"),
            unique=True,
            postgresql_where=text(f"action = '{READ_LEAD}'"),
        ),
    )


#: Old entries may go; none may be changed, whoever asks.
APPEND_ONLY = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'the table % is append-only', TG_TABLE_NAME; END $$",
    "CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)
for _statement in APPEND_ONLY:
    event.listen(AuditEntry.__table__, "after_create", DDL(_statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
