"""Where a lead stands in the orders of the list that change with what it does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base
from funnel.models.search import make_trigger


class LeadRank(Base):
    """Apart from leads: these change with every point and move, and would drag along each index that leads have."""

    __tablename__ = "lead_ranks"

    lead_id: Mapped[int] = mapped_column(
        ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    #: as in leads; here it can be indexed
    stage: Mapped[str]
    #: when the person last did something, or else when the lead came (engine time)
    active_at: Mapped[datetime]
    fit: Mapped[float] = mapped_column(server_default=text("0"))
    #: engagement as its place in an order that time does not change (`funnel.decay.Decay.mark`)
    mark: Mapped[float] = mapped_column(server_default=text("0"))

    __table_args__ = (
        Index(None, "stage", "lead_id"),
        Index(None, "active_at", "lead_id"),
        # Read for the order by score: in each group of one fit, the warmest first.
        Index(None, "fit", "mark", "lead_id"),
        {"postgresql_with": {"fillfactor": "80"}},
    )


make_trigger(LeadRank.__table__)  # type: ignore[arg-type]
