"""What a funnel is for: goals, and the conversions of leads that reached them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base

#: digits, and those of them after the point: no currency has more than four
MONEY = Numeric(18, 4)


class Goal(Base):
    """Something that leads should come to: an order, a demo, the stage customer."""

    __tablename__ = "goals"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    key: Mapped[str]
    name: Mapped[str]
    #: a lead that comes to this stage has reached the goal, once
    stage: Mapped[str | None] = mapped_column(ForeignKey("stages.key"))
    #: of a conversion that tells none
    value: Mapped[Decimal | None] = mapped_column(MONEY)
    #: ISO 4217
    currency: Mapped[str | None]
    #: grows by one with each change
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("(value IS NULL) = (currency IS NULL)", name="money"),
    )


class Conversion(Base):
    """A goal that one lead reached, at an engine time."""

    __tablename__ = "conversions"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    #: told twice with the same key it is one: an order number, say
    key: Mapped[str]
    value: Mapped[Decimal | None] = mapped_column(MONEY)
    currency: Mapped[str | None]
    at: Mapped[datetime]
    #: `user 3`, `token 5`; `stage`: counted because the lead came to the goal's stage
    told_by: Mapped[str]
    #: when it was taken back, by whom and why; it counts no more
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    reason: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("goal_id", "key"),
        CheckConstraint("(value IS NULL) = (currency IS NULL)", name="money"),
        Index(None, "lead_id", "id"),
    )
