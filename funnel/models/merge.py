"""What is left of a lead that became part of another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class MergedLead(Base):
    """Its number and its address lead to the other for ever, and what it was can be given back.

    Personal data: erasing the lead it became part of deletes this row.
    """

    __tablename__ = "merged_leads"

    #: the number it had as a lead
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    email: Mapped[str]
    into_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    #: its row of `leads`, as it was
    lead: Mapped[dict[str, Any]]
    #: what went over with it, by table, as each follower wants to know when it comes back
    moved: Mapped[dict[str, Any]]
    #: what it changed in the other: its row `before` and `after`, the `consents` written for both
    changed: Mapped[dict[str, Any]]
    #: `user 3` or `token 5`; `system` for a post that came while both were merged
    by: Mapped[str]
    #: engine time
    at: Mapped[datetime]

    __table_args__ = (
        # Read when something comes to an address that is a lead's no more.
        Index(None, "email"),
        Index(None, "into_id"),
    )
