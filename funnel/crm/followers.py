"""What follows a lead into another when they are merged, table by table, and comes back when they are parted.

Every table with a lead's number has its follower here, or in the list of the package it belongs to: a test walks the
schema. What one moved is kept as JSON, to find the same rows again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session


class Follower(Protocol):
    """Both leads are locked by the caller; `now` is engine time."""

    @property
    def table(self) -> str: ...

    def take(self, session: Session, lead_id: int, into_id: int, now: datetime) -> Any:
        """Give the rows of `lead_id` to `into_id`; what `give_back` will need."""

    def give_back(self, session: Session, lead_id: int, from_id: int, taken: Any, now: datetime) -> None:
        """Give those rows that `from_id` still has back to `lead_id`."""


@dataclass(frozen=True)
class Moves:
    """Rows that simply go over. `key` are the columns that name one, apart from the lead's own, `lead`."""

    table: str
    key: Sequence[str] = ("id",)
    lead: str = "lead_id"

    def take(self, session: Session, lead_id: int, into_id: int, now: datetime) -> list[Any]:
        moved = session.scalars(self._statement(f"RETURNING {self._named}"), {"from": lead_id, "to": into_id})
        return list(moved)

    def give_back(self, session: Session, lead_id: int, from_id: int, taken: Any, now: datetime) -> None:
        known = f"AND {self._named} IN (SELECT jsonb_array_elements(CAST(:rows AS jsonb)))"
        values = {"from": from_id, "to": lead_id, "rows": orjson.dumps(taken or []).decode()}
        session.execute(self._statement(known), values)

    @property
    def _named(self) -> str:
        return f"jsonb_build_array({', '.join(self.key)})"

    def _statement(self, rest: str) -> TextClause:
        return text(f"UPDATE {self.table} SET {self.lead} = :to WHERE {self.lead} = :from {rest}")


@dataclass(frozen=True)
class Entries(Moves):
    """The ledger of points. Time alone may have given both leads the same points at the same moment: a key forbids
    two, so the one that comes counts from a microsecond later."""

    def take(self, session: Session, lead_id: int, into_id: int, now: datetime) -> list[Any]:
        session.execute(_MAKE_WAY, {"from": lead_id, "to": into_id})
        return super().take(session, lead_id, into_id, now)


@dataclass(frozen=True)
class Drops:
    """Rows that are worked out anew for both leads, so that the old ones just go."""

    table: str

    def take(self, session: Session, lead_id: int, into_id: int, now: datetime) -> None:
        session.execute(text(f"DELETE FROM {self.table} WHERE lead_id = :lead"), {"lead": lead_id})

    def give_back(self, session: Session, lead_id: int, from_id: int, taken: Any, now: datetime) -> None:
        pass


@dataclass(frozen=True)
class Stays:
    """Rows that keep the number they were written with: what was told to others about it. `why` is for readers."""

    table: str
    why: str

    def take(self, session: Session, lead_id: int, into_id: int, now: datetime) -> None:
        pass

    def give_back(self, session: Session, lead_id: int, from_id: int, taken: Any, now: datetime) -> None:
        pass


class Ranks:
    """When the lead last did something counts for both; where scores put them is worked out anew."""

    table = "lead_ranks"

    def take(self, session: Session, lead_id: int, into_id: int, now: datetime) -> str | None:
        active_at: datetime | None = session.scalar(_RANK, {"lead": lead_id})
        session.execute(_ACTIVE, {"lead": into_id, "at": active_at})
        return active_at.isoformat() if active_at else None

    def give_back(self, session: Session, lead_id: int, from_id: int, taken: Any, now: datetime) -> None:
        session.execute(_ACTIVE, {"lead": lead_id, "at": taken})


_RANK = text("DELETE FROM lead_ranks WHERE lead_id = :lead RETURNING active_at")
_ACTIVE = text("""
    UPDATE lead_ranks SET active_at = greatest(active_at, CAST(:at AS timestamptz)) WHERE lead_id = :lead
""")
_MAKE_WAY = text("""
    UPDATE score_entries SET at = at + interval '1 microsecond'
     WHERE lead_id = :from AND event_id = 0 AND (at, rule) IN (
           SELECT at, rule FROM score_entries WHERE lead_id = :to AND event_id = 0)
""")

#: Those of this package. Facts come last, so that those which others record on the way go over, too.
OWN: Sequence[Follower] = (
    Moves("submissions"),
    Moves("consents"),
    Moves("touches"),
    Moves("notes"),
    Moves("tasks"),
    Moves("conversions"),
    Entries("score_entries", ("at", "rule", "event_id")),
    Drops("lead_clocks"),
    Drops("segment_members"),
    Drops("bulk_leads"),
    Stays("webhook_deliveries", "others were told this number, and `merged` under it"),
    Ranks(),
    Moves("merged_leads", lead="into_id"),
    Moves("events"),
    Moves("pending_facts", ("event_id",)),
)
