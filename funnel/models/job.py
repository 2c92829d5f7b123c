"""Work that takes longer than a request, and the files it reads and makes. All times are wall times."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class Job(Base):
    """One piece of long work: who asked for it, how far it came, what came of it."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: which work: a key of the registry that the worker fills
    kind: Mapped[str]
    #: what was asked; ids and words, never an address or a name
    params: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    status: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    #: where the next bite goes on; written in the transaction of the bite before
    place: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    done: Mapped[int] = mapped_column(server_default=text("0"))
    #: how much there is to do; null while that is not known
    total: Mapped[int | None]
    result: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    #: why it failed, in a word
    reason: Mapped[str | None]
    #: `user 3`, `token 5` or `system`
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: look at it then; null when it is over
    due_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="status"),
        CheckConstraint("(status IN ('waiting', 'running')) = (due_at IS NOT NULL)", name="clock"),
        CheckConstraint("(status IN ('waiting', 'running')) = (ended_at IS NULL)", name="end"),
        CheckConstraint("status <> 'failed' OR reason IS NOT NULL", name="failure_has_reason"),
        # Read by the pulse.
        Index("ix_jobs_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )


class KeptFile(Base):
    """A file that was sent to us or made by a job; in the database, so that every host can read it."""

    __tablename__ = "files"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    media_type: Mapped[str]
    #: bytes, once it is complete
    size: Mapped[int | None]
    created_at: Mapped[datetime]
    #: deleted then: a file may hold personal data
    expires_at: Mapped[datetime]

    __table_args__ = (Index(None, "expires_at"),)


class FilePart(Base):
    """A stretch of a file; parts are numbered from 0."""

    __tablename__ = "file_parts"

    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class BulkLead(Base):
    """A lead that a bulk job will do something with: those that were meant when it was asked for, and no others."""

    __tablename__ = "bulk_leads"

    job_id: Mapped[int] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    #: no foreign key: who is erased or merged meanwhile is counted as gone
    lead_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
