"""The list of leads: searched, filtered, in five orders; and how many came lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from funnel.conditions import Sql
from funnel.crm import lead_filters, lead_orders
from funnel.crm.lead_filters import Filters
from funnel.crm.lead_orders import Asked, Position, Sort
from funnel.crm.subjects import ladder_and_decay
from funnel.models import Lead, Stage

#: Up to so many leads are all found and then put in order; of more, so many fit that an order's own index meets them
#: soon. It is also how far a list is counted.
MOST_COUNTED = 2000
#: The order by score goes through the index once for each value of fit, so that it pays to look further first.
MOST_SCORED = 20_000


@dataclass(frozen=True)
class Listed:
    """One page. `count` is how many leads there are in all, None on later pages; `more` that there are more of them."""

    items: Sequence[Lead]
    next: Position | None
    count: int | None
    more: bool


def page(
    session: Session,
    filters: Filters,
    now: datetime,
    *,
    sort: Sort = "newest",
    after: Position | None = None,
    limit: int = 50,
) -> Listed:
    """Leads in this order, `limit` of them from behind `after` on; scores are as of `now` (engine time).

    Raises lead_orders.GoneError.
    """
    _, decay = ladder_and_decay(session)
    where = lead_filters.sql(session, filters, decay, now)
    most = MOST_SCORED if where and sort == "score" else MOST_COUNTED
    found = _found(session, where, most) if where or after is None else []
    few = found if where and len(found) <= most else None
    places = lead_orders.read(session, Asked(sort, limit + 1, after, where, few), decay, now)
    ids = [place.id for place in places[:limit]]
    leads = {lead.id: lead for lead in session.scalars(select(Lead).where(Lead.id.in_(ids)))} if ids else {}
    return Listed(
        # Who is erased between two statements is left out.
        items=[leads[one] for one in ids if one in leads],
        next=places[limit - 1] if len(places) > limit else None,
        count=min(len(found), MOST_COUNTED) if after is None else None,
        more=len(found) > MOST_COUNTED,
    )


def _found(session: Session, where: Sql | None, most: int) -> list[int]:
    """Ids of leads that fit, in no order; one more than `most` when there are more."""
    statement = f"SELECT leads.id FROM leads WHERE {where.text if where else 'true'} LIMIT {most + 1}"
    return list(session.scalars(text(statement), where.params if where else {}))


def stages(session: Session) -> Sequence[Stage]:
    """The maturity ladder, from its foot."""
    return session.scalars(select(Stage).order_by(Stage.position)).all()


def count_since(session: Session, since: datetime, most: int) -> int:
    """How many leads came since then (engine time), counted no further than `most`."""
    some = select(Lead.id).where(Lead.created_at >= since).limit(most).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()
