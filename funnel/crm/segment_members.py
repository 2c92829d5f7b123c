"""Who is in a segment: counted, paged, joined and left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

import orjson
from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from funnel.crm import scores
from funnel.crm.keyset import Page, Place, cut
from funnel.models import Lead, SegmentMember

#: a lead and a segment, by their ids
Pair: TypeAlias = tuple[int, int]
#: the days over which a change is told
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Count:
    members: int = 0
    #: in the last seven days, today included
    joined: int = 0
    left: int = 0


_COUNTS = text("""
    SELECT segment_id, CAST(sum(joined - gone) AS bigint) AS members,
           CAST(coalesce(sum(joined) FILTER (WHERE day > :since), 0) AS bigint) AS joined,
           CAST(coalesce(sum(gone) FILTER (WHERE day > :since), 0) AS bigint) AS gone
      FROM segment_tallies WHERE segment_id = ANY (:segments) GROUP BY segment_id
""")
_INSIDE = text("""
    SELECT lead_id, segment_id FROM segment_members WHERE lead_id = ANY (:leads) AND segment_id = ANY (:segments)
""")
_JOIN = text("""
    INSERT INTO segment_members (lead_id, segment_id, since)
    SELECT lead_id, segment_id, :now FROM json_to_recordset(:pairs) AS w (lead_id bigint, segment_id bigint)
        ON CONFLICT DO NOTHING
""")
_LEAVE = text("""
    DELETE FROM segment_members m USING json_to_recordset(:pairs) AS w (lead_id bigint, segment_id bigint)
     WHERE m.lead_id = w.lead_id AND m.segment_id = w.segment_id
""")
_OF_LEAD = text("""
    SELECT s.key, s.name, m.since FROM segment_members m JOIN segments s ON s.id = m.segment_id
     WHERE m.lead_id = :lead ORDER BY s.name, s.key
""")


def counts(session: Session, segment_ids: Collection[int], now: datetime) -> dict[int, Count]:
    """How many are in each of these segments, and how many came and went lately."""
    today: date = now.date()
    rows = session.execute(_COUNTS, {"segments": list(segment_ids), "since": today - LATELY})
    found = {row.segment_id: Count(row.members, row.joined, row.gone) for row in rows}
    return {segment_id: found.get(segment_id, Count()) for segment_id in segment_ids}


def page(
    session: Session, segment_id: int, now: datetime, *, after: Place | None = None, limit: int = 50
) -> Page[dict[str, Any]]:
    """The leads of a segment, those first that joined last; each with its score at `now` and `member_since`."""
    rows = select(Lead, SegmentMember.since).join(SegmentMember, SegmentMember.lead_id == Lead.id)
    rows = rows.where(SegmentMember.segment_id == segment_id)
    if after:
        rows = rows.where(tuple_(SegmentMember.since, SegmentMember.lead_id) < (after.at, after.id))
    rows = rows.order_by(SegmentMember.since.desc(), SegmentMember.lead_id.desc()).limit(limit + 1)
    found = cut(session.execute(rows).all(), limit, lambda row: Place(row.since, row.Lead.id))
    told = scores.as_of(session, [row.Lead for row in found.items], now)
    return Page([one | {"member_since": row.since} for one, row in zip(told, found.items, strict=True)], found.next)


def of_lead(session: Session, lead_id: int) -> Sequence[Any]:
    """The segments a lead is in: key, name, since."""
    return session.execute(_OF_LEAD, {"lead": lead_id}).all()


def inside(session: Session, lead_ids: Collection[int], segment_ids: Collection[int]) -> set[Pair]:
    """Which of these leads are in which of these segments."""
    rows = session.execute(_INSIDE, {"leads": list(lead_ids), "segments": list(segment_ids)})
    return {(row.lead_id, row.segment_id) for row in rows}


def change(session: Session, joining: Iterable[Pair], leaving: Iterable[Pair], now: datetime) -> None:
    """Write who joins and who leaves; the caller holds the locks of these leads."""
    for statement, pairs, when in ((_JOIN, joining, {"now": now}), (_LEAVE, leaving, {})):
        if rows := [{"lead_id": lead_id, "segment_id": segment_id} for lead_id, segment_id in sorted(pairs)]:
            parameters: Mapping[str, Any] = {"pairs": orjson.dumps(rows).decode(), **when}
            session.execute(statement, parameters)
