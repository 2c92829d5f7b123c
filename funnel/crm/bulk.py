"""One thing done with many leads: as a job, bite by bite, saying how many it was done with and why not with others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, literal, select, text
from sqlalchemy.orm import Session

from funnel.crm import jobs, lead_filters
from funnel.crm.jobs import Bite
from funnel.crm.lead_filters import Filters
from funnel.models import BulkLead, Job, Lead

KIND = "bulk"
#: leads of one bite: about a second of the dearest action
BITE = 200
#: the word for who was erased or merged between asking and doing
GONE = "gone"


@dataclass(frozen=True)
class Doing:
    """What an action needs to know beside its leads."""

    params: Mapping[str, Any]
    #: engine time
    now: datetime
    #: `user 3` or `token 5`
    by: str
    #: how many leads of this job came before these
    before: int


@dataclass
class Done:
    """What became of the leads of a bite: changed, as they were already, refused by reason."""

    changed: int = 0
    unchanged: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class RefusedError(Exception):
    """This cannot be done with any lead; `field` says what of the question is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Action:
    """`check` raises RefusedError before anything is asked for; `act` does it with leads whose locks are held.

    `scope` is what the caller needs beside writing leads.
    """

    check: Callable[[Session, Mapping[str, Any]], None]
    act: Callable[[Session, Sequence[int], Doing], Done]
    scope: str | None = None


@dataclass(frozen=True)
class Fit:
    """Leads that these filters leave at an engine time."""

    filters: Filters
    now: datetime

    def ids(self, session: Session) -> Select[int]:
        narrowed = lead_filters.narrowed(session, self.filters, self.now)
        return select(Lead.id) if narrowed is None else narrowed


_LOCK = text("SELECT id FROM leads WHERE id = ANY (:ids) ORDER BY id FOR NO KEY UPDATE")


def ask(session: Session, chosen: Sequence[int] | Fit, params: Mapping[str, Any], by: str, wall: datetime) -> Job:
    """A job for these leads, or for all that fit now (`wall` is wall time); `params` name the action and its parts.

    Who fits later is not meant. The filter itself is not kept: it may hold an address.
    """
    job = start(session, params, by, wall)
    if isinstance(chosen, Fit):
        meant = select(literal(job.id), chosen.ids(session).subquery().c.id)
        session.execute(insert(BulkLead).from_select(["job_id", "lead_id"], meant))
    elif chosen:
        session.execute(insert(BulkLead), [{"job_id": job.id, "lead_id": lead} for lead in sorted(set(chosen))])
    return counted(session, job)


def start(session: Session, params: Mapping[str, Any], by: str, wall: datetime) -> Job:
    """A job whose leads the caller writes, in this transaction; then `counted`."""
    return jobs.ask(session, KIND, params, by, wall)


def counted(session: Session, job: Job) -> Job:
    """The job, which knows how many leads it has."""
    job.total = session.scalar(select(func.count()).where(BulkLead.job_id == job.id))
    session.flush()
    return job


def count(session: Session, fit: Fit) -> int:
    """How many leads fit: with so many something would be done."""
    return session.execute(select(func.count()).select_from(fit.ids(session).subquery())).scalar_one()


def working(actions: Mapping[str, Action]) -> Callable[[Session, Job, datetime], Bite]:
    """The work of a bulk job, with the actions of all packages."""

    def work(session: Session, job: Job, now: datetime) -> Bite:
        ids = _next(session, job)
        locked = session.scalars(_LOCK, {"ids": ids}).all()
        doing = Doing(job.params, now, job.asked_by, job.done)
        done = actions[job.params["action"]].act(session, locked, doing) if locked else Done()
        done.refused[GONE] += len(ids) - len(locked)
        over = len(ids) < BITE
        if over:
            session.execute(delete(BulkLead).where(BulkLead.job_id == job.id))
        place = {"after": ids[-1]} if ids else job.place
        return Bite(place, job.done + len(ids), job.total, _added(job.result, done), over)

    return work


def _next(session: Session, job: Job) -> Sequence[int]:
    rows = select(BulkLead.lead_id).where(BulkLead.job_id == job.id, BulkLead.lead_id > job.place.get("after", 0))
    return session.scalars(rows.order_by(BulkLead.lead_id).limit(BITE)).all()


def _added(result: Mapping[str, Any], done: Done) -> dict[str, Any]:
    """What the job came to before, and this bite."""
    refused = Counter(result.get("refused", {})) + done.refused
    return {
        "changed": result.get("changed", 0) + done.changed,
        "unchanged": result.get("unchanged", 0) + done.unchanged,
        "refused": dict(refused),
    }
