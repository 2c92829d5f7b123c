"""The engine's tables: sequences and their versions, who is in them, what was mailed and what became of it.

Every `due_at` is engine time and means "look at this row then"; `infinity` means that a fact will wake it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base

HOT = {"postgresql_with": {"fillfactor": "80", "autovacuum_vacuum_scale_factor": "0.02"}}


class Sequence(Base):
    """A nurturing programme: the draft that is edited, and the published version that new leads enter."""

    __tablename__ = "sequences"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    key: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'draft'"))
    draft: Mapped[dict[str, Any]]
    #: grows with every save of the draft; the API's ETag
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    #: number of the published version that new leads enter; null before the first publishing
    live_number: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("status IN ('draft', 'live', 'paused')", name="status"),
    )


class Version(Base):
    """An immutable published document. Enrollments are pinned to one."""

    __tablename__ = "versions"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("sequence_id", "number"),)


class Enrollment(Base):
    """One lead in one sequence: pinned version, step, clock, and the reason of its end."""

    __tablename__ = "enrollments"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    #: no foreign key: counts outlive an erasure, and enrolling holds the lead's lock
    lead_id: Mapped[int]
    status: Mapped[str] = mapped_column(server_default=text("'active'"))
    #: the step the lead is at; null before the first
    step: Mapped[str | None]
    #: number of the visit under way; steps are visited once each, numbered from 1
    visit: Mapped[int] = mapped_column(server_default=text("0"))
    #: when that visit began; a wait counts from here
    entered_at: Mapped[datetime]
    due_at: Mapped[datetime]
    #: why the clock stands at infinity: message, paused, error, failed
    held: Mapped[str | None]
    #: why it ended; or, when held by an error, what the error was
    reason: Mapped[str | None]
    #: the fact that enrolled the lead, and its depth: what this enrollment causes is one deeper
    cause_id: Mapped[int | None]
    depth: Mapped[int] = mapped_column(server_default=text("0"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("status IN ('active', 'ended')", name="status"),
        CheckConstraint("status = 'active' OR (reason IS NOT NULL AND ended_at IS NOT NULL)", name="end_has_reason"),
        # A repeat of a reaction enrolls nobody twice. Also read when a fact wakes the enrollments of a lead.
        UniqueConstraint("lead_id", "sequence_id", "cause_id"),
        Index(
            "uq_enrollments_active",
            "lead_id",
            "sequence_id",
            unique=True,
            postgresql_where=text("status = 'active'"),
        ),
        # Read by the pulse: the due rows of each sequence.
        Index("ix_enrollments_due", "sequence_id", "due_at", postgresql_where=text("status = 'active'")),
        # Read when a sequence resumes.
        Index("ix_enrollments_held", "sequence_id", "held", postgresql_where=text("held = 'paused'")),
        # Counted by the app's first screen: those who wait for a person. Almost always empty.
        Index("ix_enrollments_stuck", "sequence_id", postgresql_where=text("held IN ('error', 'failed')")),
        HOT,
    )


class Visit(Base):
    """A passage of a lead through a step, written when the lead leaves it.

    No foreign key: only the engine writes here, holding the enrollment's lock, and the check would cost more than
    the row (two thirds of the insert, measured). Erasure deletes visits itself.
    """

    __tablename__ = "visits"

    enrollment_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step: Mapped[str]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime]
    #: what came of it, in a word or two: waited, accepted, arm "engaged", skipped: no consent
    outcome: Mapped[str]


class Message(Base):
    """One email to one address for one occasion, whatever happens to the process that sends it."""

    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: visit:12:3, confirm:<submission>; with the address, unique
    occasion: Mapped[str]
    address: Mapped[str]
    #: no foreign key, for the same reasons as that of an enrollment
    lead_id: Mapped[int | None]
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollments.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    step: Mapped[str | None]
    #: marketing needs consent; service (a confirmation) was asked for by the person
    purpose: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'queued'"))
    due_at: Mapped[datetime]
    #: why a queued message stands at infinity: held, paused, error
    held: Mapped[str | None]
    #: names the one attempt that may record an outcome
    claim: Mapped[UUID | None]
    #: wall time after which that attempt posts nothing any more
    send_by: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    provider: Mapped[str | None]
    provider_id: Mapped[str | None]
    reason: Mapped[str | None]
    queued_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    complained_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("occasion", "address"),
        CheckConstraint("purpose IN ('marketing', 'service')", name="purpose"),
        CheckConstraint("status IN ('queued', 'sending', 'accepted', 'refused', 'skipped', 'unknown')", name="status"),
        CheckConstraint("(status = 'sending') = (send_by IS NOT NULL)", name="sending_has_deadline"),
        # The pulse looks for it version by version.
        CheckConstraint("purpose = 'service' OR version_id IS NOT NULL", name="marketing_has_version"),
        # Read by the pulse: what of each version may be handed out, and unknown ones whose grace is over.
        Index(
            "ix_messages_due",
            "version_id",
            "due_at",
            postgresql_where=text("status IN ('queued', 'unknown') AND purpose = 'marketing'"),
        ),
        # Read by the pulse: the same of what somebody waits for, ahead of the rest.
        Index(
            "ix_messages_due_service",
            "due_at",
            postgresql_where=text("status IN ('queued', 'unknown') AND purpose = 'service'"),
        ),
        # Read by the pulse: claims whose process died.
        Index("ix_messages_sending", "send_by", postgresql_where=text("status = 'sending'")),
        # Counted by the metrics; almost always empty.
        Index("ix_messages_unknown", "id", postgresql_where=text("status = 'unknown'")),
        # Read by caps and by the page of a lead.
        Index(None, "lead_id", "settled_at"),
        # Read when sending, or a sequence, resumes.
        Index("ix_messages_held", "held", "version_id", postgresql_where=text("held IS NOT NULL")),
        HOT,
    )


class MessageEvent(Base):
    """What a provider told about a message, kept as it came (without the address)."""

    __tablename__ = "message_events"

    #: the provider's own id of the event: a redelivery changes nothing
    provider_event_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[UUID | None]
    kind: Mapped[str]
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (Index(None, "message_id"),)


class Handout(Base):
    """A chunk of work on its way to an actor. Counting these keeps a slow worker from being buried."""

    __tablename__ = "handouts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: whose backlog it is: one process (in-memory broker) or all (a shared broker)
    scope: Mapped[str]
    actor: Mapped[str]
    size: Mapped[int]
    #: wall time; an actor that starts later drops the chunk
    deadline: Mapped[datetime]

    __table_args__ = (Index(None, "scope", "actor"),)
