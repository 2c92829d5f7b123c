"""Looking at all leads under the condition of a segment: a job, in bites, set by set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel.conditions import ripening_sql, sql
from funnel.crm import segment_conditions
from funnel.crm.jobs import Bite
from funnel.crm.segment_conditions import Asked
from funnel.crm.subjects import ladder_and_decay
from funnel.models import Job, Segment

FILL, CLEAR = "fill_segment", "clear_segment"
#: leads looked at in one bite
IN_BITE = 10_000
#: memberships of a deleted segment cleared away in one bite
CLEARED = 20_000

# Locked, so that no fact of theirs is reacted to between the look and what is written of it.
_NEXT = text("SELECT id FROM leads WHERE id > :after ORDER BY id LIMIT :limit FOR NO KEY UPDATE")
_LAST = text("SELECT coalesce(max(id), 0) FROM leads")
# Asked once for each of these leads: as a filter the planner would join it, and it misjudges how many it lets through.
_FITTING = """
    SELECT id FROM (
        SELECT leads.id, ({}) IS TRUE AS fits FROM leads WHERE leads.id = ANY (:leads) OFFSET 0) AS asked
     WHERE fits
"""
_JOIN = text("""
    INSERT INTO segment_members (lead_id, segment_id, since)
    SELECT lead_id, :segment, :now FROM unnest(CAST(:fitting AS bigint[])) AS f (lead_id) ON CONFLICT DO NOTHING
""")
_LEAVE = text("""
    DELETE FROM segment_members
     WHERE segment_id = :segment AND lead_id = ANY (:leads) AND lead_id <> ALL (CAST(:fitting AS bigint[]))
""")
_RING = """
    INSERT INTO lead_clocks AS c (lead_id, due_at)
    SELECT id, :now FROM (
        SELECT leads.id, {} AS ripens FROM leads WHERE leads.id = ANY (:leads) OFFSET 0) AS asked
     WHERE ripens ORDER BY id
        ON CONFLICT (lead_id) DO UPDATE SET due_at = least(c.due_at, excluded.due_at)
"""
_CLEAR = text("""
    DELETE FROM segment_members WHERE (lead_id, segment_id) IN (
           SELECT lead_id, segment_id FROM segment_members WHERE segment_id = :segment LIMIT :limit)
""")
_FORGET = text("DELETE FROM segment_tallies WHERE segment_id = :segment")


def fill(session: Session, job: Job, now: datetime) -> Bite:
    """Look at the next leads. Where a segment is, the segment itself knows: a change of its condition starts anew.

    Who joins or leaves by this is no news: no fact tells of it, and it brings nobody into a sequence.
    """
    segment = session.scalars(
        select(Segment).where(Segment.id == job.params["segment"]).with_for_update()
    ).one_or_none()
    if segment is None or segment.filled_to is None:
        return Bite(done=job.done, total=job.total, over=True)
    leads = session.scalars(_NEXT, {"after": segment.filled_to, "limit": IN_BITE}).all()
    if leads:
        kept = {one.id: one for one in segment_conditions.kept(session)}
        _look(session, segment.id, kept[segment.id].asked, leads, now)
    segment.filled_to = leads[-1] if len(leads) == IN_BITE else None
    total = session.execute(_LAST).scalar_one()
    return Bite(done=segment.filled_to or total, total=total, over=segment.filled_to is None)


def clear(session: Session, job: Job, now: datetime) -> Bite:
    """Clear away what a deleted segment left behind."""
    asked = {"segment": job.params["segment"], "limit": CLEARED}
    gone: int = session.execute(_CLEAR, asked).rowcount  # type: ignore[attr-defined]
    if gone < CLEARED:
        session.execute(_FORGET, asked)
    return Bite(done=job.done + gone, over=gone < CLEARED)


def _look(session: Session, segment_id: int, asked: Asked, leads: Sequence[int], now: datetime) -> None:
    _, decay = ladder_and_decay(session)
    condition, ripening = sql(asked.condition, now, decay), ripening_sql(asked.condition, now, decay)
    these = {"leads": list(leads)}
    fitting = session.scalars(text(_FITTING.format(condition.text)), condition.params | these).all()
    told = {"segment": segment_id, "fitting": list(fitting)}
    session.execute(_JOIN, told | {"now": now})
    session.execute(_LEAVE, told | these)
    if ripening:
        session.execute(text(_RING.format(ripening.text)), ripening.params | these | {"now": now})
        session.info["hint"] = True
