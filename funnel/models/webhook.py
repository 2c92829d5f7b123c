"""Outgoing webhooks: who is called, what for, and how each call went. All times are wall times."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base
from funnel.models.event import TransactionId


class Webhook(Base):
    """An address that is called when something happens."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    url: Mapped[str]
    #: of facts; empty: all of them
    kinds: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    #: whether the lead is told beside each fact, as it is then
    include_lead: Mapped[bool] = mapped_column(server_default=text("false"))
    #: sealed with SECRET_KEY
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    #: the one before, which signs as well until then
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    #: why it is not active: stopped by a person, gone, failing
    stopped: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    #: where it stands in the change feed, and from which transaction on there may be more to read
    cursor: Mapped[str]
    seen_end: Mapped[str] = mapped_column(TransactionId())
    #: when to look at it again although nothing new happened
    due_at: Mapped[datetime]
    #: somebody is at it until then
    taken_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("active = (stopped IS NULL)", name="stopped_has_reason"),)


class Delivery(Base):
    """One fact for one webhook. Its body is made anew for each attempt, so that nothing personal is kept here."""

    __tablename__ = "webhook_deliveries"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: the `webhook-id` that receivers know it by: the same for every attempt
    message_id: Mapped[UUID]
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    #: null for a test
    event_id: Mapped[int | None]
    event_at: Mapped[datetime]
    lead_id: Mapped[int | None]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    #: null once it is over
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        CheckConstraint("status IN ('waiting', 'delivered', 'failed')", name="status"),
        CheckConstraint("(status = 'waiting') = (due_at IS NOT NULL)", name="clock"),
        CheckConstraint("(status = 'waiting') = (ended_at IS NULL)", name="end"),
        Index("ix_webhook_deliveries_due", "webhook_id", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index(None, "webhook_id", "id"),
        Index("ix_webhook_deliveries_ended", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
    )


class Attempt(Base):
    """One call, and what came of it."""

    __tablename__ = "webhook_attempts"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    #: null when there was no answer; then `error` says why
    status: Mapped[int | None]
    error: Mapped[str | None]
    milliseconds: Mapped[int]
    #: the first kilobyte of the answer
    answer: Mapped[str]

    __table_args__ = (Index(None, "delivery_id", "id"),)
