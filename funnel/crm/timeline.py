"""A lead's story, read from the log of facts."""

from __future__ import annotations

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from funnel.crm.keyset import Page, Place, cut
from funnel.models import Event


def page(session: Session, lead_id: int, *, after: Place | None = None, limit: int = 50) -> Page[Event]:
    """The facts of a lead, newest first, in engine time."""
    facts = select(Event).where(Event.lead_id == lead_id)
    if after:
        facts = facts.where(tuple_(Event.at, Event.id) < (after.at, after.id))
    rows = session.scalars(facts.order_by(Event.at.desc(), Event.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: Place(row.at, row.id))
