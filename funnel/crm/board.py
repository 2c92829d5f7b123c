"""The board: how many leads stand on each stage and for how long, and the newest of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel.crm import jobs
from funnel.crm.jobs import Bite
from funnel.models import Job, Lead, Stage

KIND = "count_board"
#: so many leads are counted while somebody waits; more are counted by a job, and told as of then
MOST_AT_ONCE = 50_000
#: how long such a count is good for (wall time)
GOOD_FOR = timedelta(minutes=1)
#: leads told of each stage
NEWEST = 20

#: days for which the leads of each group stand on their stage at most; the last group is older
AGES = (7, 30, 90)

# Counted in groups by the age in whole days: one pass over an index.
_COUNT = text("""
    SELECT stage, count(*) AS leads,
           count(*) FILTER (WHERE stage_since > CAST(:now AS timestamptz) - interval '7 days') AS week,
           count(*) FILTER (WHERE stage_since > CAST(:now AS timestamptz) - interval '30 days') AS month,
           count(*) FILTER (WHERE stage_since > CAST(:now AS timestamptz) - interval '90 days') AS quarter
      FROM leads WHERE CAST(:owner AS bigint) IS NULL OR owner_id = :owner GROUP BY stage
""")
_SIZE = text("SELECT CAST(reltuples AS bigint) FROM pg_class WHERE oid = 'leads'::regclass")
_NEWEST = text("""
    SELECT newest.id FROM stages CROSS JOIN LATERAL (
           SELECT id FROM leads
            WHERE stage = stages.key AND (CAST(:owner AS bigint) IS NULL OR owner_id = :owner)
            ORDER BY stage_since DESC, id DESC LIMIT :limit) AS newest
""")


@dataclass(frozen=True)
class Count:
    """Leads on one stage: all, and by the days they have stood there (`AGES`; the last are older)."""

    leads: int
    ages: Sequence[int]


@dataclass(frozen=True)
class Column:
    stage: Stage
    #: None while it is being counted for the first time
    count: Count | None
    #: the newest on this stage
    leads: Sequence[Lead]


@dataclass(frozen=True)
class Board:
    columns: Sequence[Column]
    #: wall time of the count; None while there is none
    counted_at: datetime | None


def read(
    session: Session, now: datetime, wall: datetime, owner: int | None = None, *, at_once: int = MOST_AT_ONCE
) -> Board:
    """The whole board, or one owner's. With more leads than `at_once` the counts of all may be a minute old.

    What one person owns is always counted at once. When the counts are too old, a job is asked for new ones.
    """
    if owner is None and session.scalar(_SIZE) > at_once:
        counts, counted_at = _kept(session, wall)
    else:
        counts, counted_at = _counts(session, now, owner), wall
    stages = session.scalars(select(Stage).order_by(Stage.position)).all()
    leads = _newest(session, owner)
    columns = [
        Column(
            stage,
            None if counts is None else counts.get(stage.key, Count(0, [0] * (len(AGES) + 1))),
            [lead for lead in leads if lead.stage == stage.key],
        )
        for stage in stages
    ]
    return Board(columns, counted_at)


def count(session: Session, job: Job, now: datetime) -> Bite:
    """The job: counts all leads."""
    counts = _counts(session, now, None)
    told = {stage: {"leads": one.leads, "ages": list(one.ages)} for stage, one in counts.items()}
    total = sum(one.leads for one in counts.values())
    return Bite(done=total, total=total, result={"stages": told}, over=True)


def _kept(session: Session, wall: datetime) -> tuple[Mapping[str, Count] | None, datetime | None]:
    of_kind = select(Job).where(Job.kind == KIND).order_by(Job.id.desc()).limit(1)
    last = session.scalars(of_kind.where(Job.status == "done")).first()
    fresh = last is not None and last.ended_at is not None and wall - last.ended_at < GOOD_FOR
    if not fresh and session.scalars(of_kind.where(Job.due_at.is_not(None))).first() is None:
        jobs.ask(session, KIND, {}, "system", wall)
    if last is None:
        return None, None
    return {stage: Count(**one) for stage, one in last.result["stages"].items()}, last.ended_at


def _counts(session: Session, now: datetime, owner: int | None) -> dict[str, Count]:
    return {row.stage: _count(row) for row in session.execute(_COUNT, {"now": now, "owner": owner})}


def _count(row: Any) -> Count:
    ages = (row.week, row.month - row.week, row.quarter - row.month, row.leads - row.quarter)
    return Count(row.leads, ages)


def _newest(session: Session, owner: int | None) -> Sequence[Lead]:
    ids = session.scalars(_NEWEST, {"owner": owner, "limit": NEWEST}).all()
    found = select(Lead).where(Lead.id.in_(ids)).order_by(Lead.stage_since.desc(), Lead.id.desc())
    return session.scalars(found).all() if ids else []
