"""The list of leads and its filters; how many came lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, cast, func, or_, select, tuple_
from sqlalchemy.orm import Session

from funnel import addresses
from funnel.crm.keyset import Page, Place, cut
from funnel.models import Lead, Stage


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; all that are given must hold."""

    #: exactly this person, however the address is written
    email: str | None = None
    #: part of the address or of any field
    search: str | None = None
    stage: str | None = None
    tag: str | None = None


def page(session: Session, filters: Filters, *, after: Place | None = None, limit: int = 50) -> Page[Lead]:
    """Leads, newest first."""
    leads = select(Lead).where(*conditions(filters))
    if after:
        leads = leads.where(tuple_(Lead.created_at, Lead.id) < (after.at, after.id))
    rows = session.scalars(leads.order_by(Lead.created_at.desc(), Lead.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: Place(row.created_at, row.id))


def stages(session: Session) -> Sequence[Stage]:
    """The maturity ladder, from its foot."""
    return session.scalars(select(Stage).order_by(Stage.position)).all()


def count_since(session: Session, since: datetime, most: int) -> int:
    """How many leads came since then (engine time), counted no further than `most`."""
    some = select(Lead.id).where(Lead.created_at >= since).limit(most).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """What holds for the leads that these filters leave."""
    conditions: list[ColumnElement[bool]] = []
    if filters.email:
        conditions.append(Lead.email == addresses.asked_for(filters.email))
    if filters.search:
        words = filters.search.strip().lower()
        in_fields = func.lower(cast(Lead.fields, Text)).contains(words, autoescape=True)
        conditions.append(or_(Lead.email.contains(words, autoescape=True), in_fields))
    if filters.stage:
        conditions.append(Lead.stage == filters.stage)
    if filters.tag:
        conditions.append(Lead.tags.contains([filters.tag]))
    return conditions
