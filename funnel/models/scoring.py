"""What gives points and moves stages, the ledger of points, and when time alone may change either."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class RulesVersion(Base):
    """An immutable published edition of the scoring rules, or of the ladder's; the highest number counts."""

    __tablename__ = "rules_versions"

    kind: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    #: engine time
    published_at: Mapped[datetime]
    #: the user or token; null for those the installation began with
    published_by: Mapped[str | None]
    #: leads up to this id have had their clocks set to be looked at under it; null once all have
    swept_to: Mapped[int | None]

    __table_args__ = (CheckConstraint("kind IN ('scoring', 'ladder')", name="kind"),)


class ScoreEntry(Base):
    """Points that one rule gave, or took back. Append-only: the score is what these come to.

    One index on a hot table, so the key also answers for the rest: what a lead has, in the order of time, and no rule
    twice for one fact. No foreign keys: reactions write here, under the lead's lock.
    """

    __tablename__ = "score_entries"

    lead_id: Mapped[int] = mapped_column(primary_key=True)
    #: engine time: of the fact; for a rule of what holds, of the look that found it
    at: Mapped[datetime] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    #: the fact that gave them; 0 when time alone did
    event_id: Mapped[int] = mapped_column(primary_key=True)
    #: of the scoring rules
    version: Mapped[int]
    axis: Mapped[str]
    points: Mapped[int]
    #: given while something holds, and taken back by a row of the opposite when it stops
    lasting: Mapped[bool]

    __table_args__ = (CheckConstraint("axis IN ('fit', 'engagement')", name="axis"),)


class LeadClock(Base):
    """When to look at a lead again though nothing happens: its score crosses a limit, a stay or a hold is over.

    A table of its own, so that setting a clock never writes a lead's row into the indexes of leads.
    """

    __tablename__ = "lead_clocks"

    lead_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: engine time; woken early, the look sets it again
    due_at: Mapped[datetime]

    __table_args__ = (
        # Read by the pulse.
        Index(None, "due_at"),
        {"postgresql_with": {"fillfactor": "80", "autovacuum_vacuum_scale_factor": "0.02"}},
    )
