"""Jobs: asked for by people, done bite by bite by workers, followed while they run. All times are wall times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from funnel.crm.errors import OverError
from funnel.crm.keyset import Page, Place, cut
from funnel.models import Job

#: days for which the result of a job that is over is kept
KEPT_DAYS = 30

_TAKE = select(Job).where(Job.due_at.is_not(None)).with_for_update(skip_locked=True)
_OVER = text(f"DELETE FROM jobs WHERE ended_at < CAST(:wall AS timestamptz) - interval '{KEPT_DAYS} days'")


@dataclass(frozen=True)
class Bite:
    """What one bite of a job came to; written in the transaction of its effects, so it counts exactly once."""

    #: where the next bite goes on: whatever the kind of job wants to know then
    place: Mapping[str, Any] = field(default_factory=dict)
    done: int = 0
    total: int | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    #: nothing is left to do
    over: bool = False
    #: the next bite waits so long, because it would come too early now
    rest: timedelta = timedelta()


def ask(session: Session, kind: str, params: Mapping[str, Any], asked_by: str, wall: datetime) -> Job:
    """A new job, due at once. `kind` must be one that the workers know; `params` hold no address and no name."""
    job = Job(kind=kind, params=dict(params), asked_by=asked_by, asked_at=wall, due_at=wall)
    session.add(job)
    session.flush()
    session.refresh(job)
    session.info["hint"] = True
    return job


def by_id(session: Session, job_id: int) -> Job | None:
    return session.get(Job, job_id)


def page(session: Session, *, kind: str | None = None, after: Place | None = None, limit: int = 50) -> Page[Job]:
    """Jobs, the newest first."""
    jobs = select(Job).order_by(Job.id.desc()).limit(limit + 1)
    if kind:
        jobs = jobs.where(Job.kind == kind)
    if after:
        jobs = jobs.where(Job.id < after.id)
    return cut(session.scalars(jobs).all(), limit, lambda job: Place(job.asked_at, job.id))


def cancel(session: Session, job: Job, wall: datetime) -> None:
    """Stop a job between two bites; what it has done stays. Waits for the bite under way.

    Raises OverError when the job is over already.
    """
    ended = (
        update(Job)
        .where(Job.id == job.id, Job.due_at.is_not(None))
        .values(status="cancelled", ended_at=wall, due_at=None)
        .returning(Job.id)
    )
    if session.execute(ended, execution_options={"synchronize_session": False}).first() is None:
        raise OverError
    session.refresh(job)


def take(session: Session, job_id: int) -> Job | None:
    """The job with its row locked; None when it is over, or when somebody else is at it."""
    return session.scalars(_TAKE.where(Job.id == job_id), execution_options={"populate_existing": True}).first()


def write(job: Job, bite: Bite, wall: datetime) -> None:
    """Remember how far a taken job came."""
    job.place, job.done, job.total = dict(bite.place), bite.done, bite.total
    job.result = dict(bite.result)
    job.status = "running"
    job.started_at = job.started_at or wall
    if bite.rest:
        job.due_at = wall + bite.rest
    if bite.over:
        job.status, job.ended_at, job.due_at = "done", wall, None


def fail(session: Session, job_id: int, reason: str, wall: datetime) -> None:
    """End a job that cannot go on; what it did stays, and says how far it came."""
    job = take(session, job_id)
    if job is not None:
        job.status, job.reason, job.ended_at, job.due_at = "failed", reason, wall, None


def forget_old(session: Session, wall: datetime) -> None:
    """Delete what ended long ago (`KEPT_DAYS`)."""
    session.execute(_OVER, {"wall": wall})
