"""What people write down and take upon themselves about a lead, and how leads are shared out among them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import BigInteger

from funnel.db import Base


class Note(Base):
    """Something a person knows about a lead, in plain text."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    #: `user 3` or `token 5`
    author: Mapped[str]
    text: Mapped[str]
    #: stands above the others
    pinned: Mapped[bool] = mapped_column(server_default=false())
    #: engine time
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("btrim(text) <> ''", name="text"), Index(None, "lead_id", "id"))


class Task(Base):
    """Something to be done about a lead, by somebody, by a time. All times are wall times: people live by these."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    title: Mapped[str]
    due_at: Mapped[datetime]
    #: IANA zone in which the time was meant
    zone: Mapped[str]
    #: null: nobody's yet
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    #: `user 3` or `token 5`
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("btrim(title) <> ''", name="title"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done"),
        Index(None, "lead_id", "due_at", "id"),
        # Read by the list of what is to be done, of one person and of all.
        Index("ix_tasks_assignee_open", "assignee_id", "due_at", "id", postgresql_where=text("done_at IS NULL")),
        Index("ix_tasks_open", "due_at", "id", postgresql_where=text("done_at IS NULL")),
    )


class AssignmentRule(Base):
    """Who gets a new lead: the first rule whose condition it fulfils decides, and its people take turns."""

    __tablename__ = "assignment_rules"

    #: rules are asked in this order
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    #: null: every lead
    condition: Mapped[dict[str, Any] | None]
    #: users, in the order of their turns
    owners: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    #: leads given out so far; says whose turn is next
    turn: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (CheckConstraint("cardinality(owners) > 0", name="owners"),)
