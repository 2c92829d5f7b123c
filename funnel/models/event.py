"""The log of facts, where people and time meet; and the facts nobody has reacted to yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, Index, Sequence, event, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from funnel.db import Base


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


EVENT_IDS = Sequence("event_ids", metadata=Base.metadata, start=1)


class Event(Base):
    """A fact about a lead: small, impersonal, append-only. Partitioned by month of `at`."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(EVENT_IDS, server_default=EVENT_IDS.next_value(), primary_key=True)
    #: engine time
    at: Mapped[datetime] = mapped_column(primary_key=True)
    lead_id: Mapped[int | None]
    kind: Mapped[str]
    #: ids, kinds, numbers and times; never an address or a name
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    #: the fact this one followed from, and how long that chain is
    cause_id: Mapped[int | None]
    depth: Mapped[int] = mapped_column(server_default=text("0"))
    #: lets a reader of changes stop before transactions that are still open
    transaction_id: Mapped[str] = mapped_column(TransactionId(), server_default=text("pg_current_xact_id()"))

    __table_args__ = (
        # Read by timelines.
        Index(None, "lead_id", "at"),
        # Read by the change feed.
        Index(None, "transaction_id", "id"),
        {"postgresql_partition_by": "RANGE (at)"},
    )


class PendingFact(Base):
    """A fact that reactions have not seen yet; deleted in the transaction that applied its effects."""

    __tablename__ = "pending_facts"

    event_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    lead_id: Mapped[int]
    #: why reactions set this fact aside; null while it waits its turn
    failed: Mapped[str | None]

    __table_args__ = (
        # Read by reactions: the oldest facts first, and all facts of the leads they took.
        Index("ix_pending_facts_waiting", "event_id", postgresql_where=text("failed IS NULL")),
        Index(None, "lead_id"),
    )


# A fact is never lost for want of a partition: the default one takes what no month holds.
event.listen(
    Event.__table__,
    "after_create",
    DDL("CREATE TABLE events_default PARTITION OF events DEFAULT"),  # type: ignore[no-untyped-call]
)
