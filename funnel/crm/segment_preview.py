"""Whom a condition would find, before it is saved: counted when that is quick, else judged by a sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel.conditions import Condition, Sql, sql
from funnel.crm import scores, segment_conditions
from funnel.crm.subjects import ladder_and_decay
from funnel.db import is_time_out
from funnel.models import Lead

EXAMPLES = 10
#: how long counting all, and looking for the newest, may take before the sample decides (milliseconds)
COUNTING, LOOKING = 50, 40
#: and how long the sample may take: then there is no answer
SAMPLING = 2000
#: leads in a sample, about
SAMPLE = 3000


@dataclass(frozen=True)
class Preview:
    #: how many fulfil it; None: the condition asks too much to be tried
    count: int | None
    #: whether all leads were counted; else `count` is what a sample of `looked_at` leads lets expect
    exact: bool
    looked_at: int
    #: the newest who fulfil it, or some of the sample's
    examples: Sequence[dict[str, Any]] = field(default_factory=list)


_COUNT = "SELECT count(*) FROM leads WHERE {}"
_NEWEST = "SELECT leads.id FROM leads WHERE {} ORDER BY leads.created_at DESC, leads.id DESC LIMIT :most"
# Blocks at random. That somebody fulfils it is asked once for each row of the sample, whatever the planner thinks.
_SAMPLE = """
    WITH sample AS MATERIALIZED (SELECT * FROM leads TABLESAMPLE SYSTEM (:percent) LIMIT :limit),
    asked AS MATERIALIZED (SELECT leads.id, ({}) IS TRUE AS fits FROM sample AS leads)
    SELECT count(*) AS looked_at, count(*) FILTER (WHERE fits) AS fitting,
           (array_agg(id ORDER BY id DESC) FILTER (WHERE fits))[1:{}] AS ids
      FROM asked
"""
_SIZE = text("SELECT greatest(reltuples, 0) AS rows FROM pg_class WHERE oid = to_regclass('leads')")


def preview(session: Session, condition: Condition, now: datetime) -> Preview:
    """Within a fifth of a second or so; whatever the condition is, within a few seconds."""
    _, decay = ladder_and_decay(session)
    whole = segment_conditions.asked(condition, segment_conditions.known(session)).condition
    asked = sql(whole, now, decay)
    counted = _within(session, COUNTING, _COUNT.format(asked.text), asked.params)
    newest = _within(session, LOOKING, _NEWEST.format(asked.text), asked.params | {"most": EXAMPLES})
    if counted is not None and newest is not None:
        count = int(counted[0].count)
        return Preview(count, True, count, _told(session, [row.id for row in newest], now))
    return _judged(session, asked, newest, now)


def _judged(session: Session, asked: Sql, newest: Sequence[Any] | None, now: datetime) -> Preview:
    rows = float(session.execute(_SIZE).scalar_one())
    percent = min(100.0, 100.0 * SAMPLE / rows) if rows > 0 else 100.0
    sample = {"percent": percent, "limit": 2 * SAMPLE}
    found = _within(session, SAMPLING, _SAMPLE.format(asked.text, EXAMPLES), asked.params | sample)
    if found is None:
        return Preview(None, False, 0)
    [one] = found
    ids = [row.id for row in newest] if newest is not None else one.ids or []
    expected = one.fitting / one.looked_at * max(rows, one.looked_at) if one.looked_at else 0.0
    return Preview(_rounded(expected), False, one.looked_at, _told(session, ids, now))


def _within(session: Session, milliseconds: int, statement: str, params: dict[str, Any]) -> Sequence[Any] | None:
    """The rows, or None when it takes longer than that."""
    before = session.execute(text("SHOW statement_timeout")).scalar_one()
    limit = text("SELECT set_config('statement_timeout', :limit, true)")
    try:
        with session.begin_nested():
            session.execute(limit, {"limit": f"{milliseconds}ms"})
            rows = session.execute(text(statement), params).all()
    except Exception as error:
        if not is_time_out(error):
            raise
        return None
    session.execute(limit, {"limit": before})
    return rows


def _rounded(value: float) -> int:
    """To two digits: more would promise what a sample does not know."""
    if value < 1:
        return math.ceil(value)
    return int(round(value, 1 - math.floor(math.log10(value))))


def _told(session: Session, ids: Sequence[int], now: datetime) -> list[dict[str, Any]]:
    leads = {lead.id: lead for lead in session.scalars(select(Lead).where(Lead.id.in_(ids)))} if ids else {}
    return scores.as_of(session, [leads[one] for one in ids if one in leads], now)
