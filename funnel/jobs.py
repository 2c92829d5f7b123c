"""Working on a job: one bite after the other, each in a transaction of its own that also says how far it came.

A worker that is killed loses the bite it was at, and nothing of it was written: the job's clock rings again, and
whoever takes it then goes on from its place.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from funnel.context import Context
from funnel.crm import board, duplicates, jobs, segment_filling
from funnel.crm.jobs import Bite
from funnel.models import Job

log = logging.getLogger(__name__)

#: One bite of a job, about a second long, given the job as it stands and the engine's time. It reads `job.params`,
#: `job.place` and `job.total`, and writes its effects with the session; `jobs.write` keeps the rest.
Work: TypeAlias = Callable[[Session, Job, datetime], Bite]
#: what can be asked for, by the word that `jobs.ask` is given; each package lists its own
Kinds: TypeAlias = Mapping[str, Work]

#: the jobs of this package
KINDS: dict[str, Work] = {
    board.KIND: board.count,
    duplicates.KIND: duplicates.find,
    segment_filling.FILL: segment_filling.fill,
    segment_filling.CLEAR: segment_filling.clear,
}


class FailedError(Exception):
    """A bite found that its job cannot go on; the message is a word that says why."""


def work(context: Context, kinds: Kinds, job_id: int, may_go_on: Callable[[], bool]) -> None:
    """Work on a job until it is over, or may not go on now: then it is due again at once.

    An error that belongs to the job ends it as failed, with a reason; any other (the database is away, a lock did not
    come free) is raised, and the job goes on from its place later.
    """
    try:
        while may_go_on():
            if not _bite(context, kinds, job_id):
                return
    except FailedError as error:
        _fail(context, job_id, str(error))
        return
    with context.database.transaction() as session:
        job = jobs.take(session, job_id)
        if job is not None:
            job.due_at = context.wall()


def give_up(context: Context, job_id: int, error: Exception) -> None:
    """An error of our own stopped a job; what it was is in the log, and the job says so."""
    log.error("a job failed", extra={"job": job_id, "error": type(error).__name__}, exc_info=error)
    _fail(context, job_id, "error")


def _bite(context: Context, kinds: Kinds, job_id: int) -> bool:
    """Whether there is more to do, and now."""
    with context.database.transaction() as session:
        job = jobs.take(session, job_id)
        if job is None:
            return False
        if job.kind not in kinds:
            raise FailedError("unknown kind")
        bite = kinds[job.kind](session, job, context.now())
        jobs.write(job, bite, context.wall())
        return not (bite.over or bite.rest)


def _fail(context: Context, job_id: int, reason: str) -> None:
    with context.database.transaction() as session:
        jobs.fail(session, job_id, reason, context.wall())


def listing(*packages: Mapping[str, Any]) -> Kinds:
    """The kinds of all packages together. Raises ValueError when two use one word."""
    found: dict[str, Work] = {}
    for kinds in packages:
        if twice := found.keys() & kinds.keys():
            raise ValueError(f"Two kinds of job are called {', '.join(sorted(twice))}.")
        found |= kinds
    return found
