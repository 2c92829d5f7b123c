"""Tasks: what somebody will do about a lead, and by when. Facts tell that there is one, never what it says.

Tasks live by wall time (`wall`), their facts by engine time (`now`), as all facts do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from funnel.crm import leads, owners
from funnel.crm.facts import Fact, record
from funnel.crm.keyset import Page, Place, cut
from funnel.models import Lead, Task

#: counted no further
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; all that are given must hold."""

    lead_id: int | None = None
    #: a user's; 0: nobody's
    assignee: int | None = None
    done: bool = False
    #: due before this wall time
    before: datetime | None = None


@dataclass(frozen=True)
class Moment:
    """When and by whom something is done: engine time for the fact, wall time for the task."""

    now: datetime
    wall: datetime
    by: str


def page(session: Session, filters: Filters, *, after: Place | None = None, limit: int = 50) -> Page[Any]:
    """Tasks with the address and fields of their leads: what is due first, first; of what is done, the last first."""
    at = Task.done_at if filters.done else Task.due_at
    rows = _narrowed(select(Task, Lead.email, Lead.fields).join(Lead, Lead.id == Task.lead_id), filters)
    key = tuple_(at, Task.id)
    if after:
        rows = rows.where(key < (after.at, after.id) if filters.done else key > (after.at, after.id))
    order = (at.desc(), Task.id.desc()) if filters.done else (at, Task.id)
    found = session.execute(rows.order_by(*order).limit(limit + 1)).all()
    return cut(found, limit, lambda row: Place(row.Task.done_at if filters.done else row.Task.due_at, row.Task.id))


def count(session: Session, filters: Filters) -> int:
    """How many there are, counted no further than MOST_COUNTED."""
    some = _narrowed(select(Task.id), filters).limit(MOST_COUNTED).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def _narrowed(rows: Select[Any], filters: Filters) -> Select[Any]:
    rows = rows.where(Task.done_at.is_not(None) if filters.done else Task.done_at.is_(None))
    if filters.lead_id is not None:
        rows = rows.where(Task.lead_id == filters.lead_id)
    if filters.assignee is not None:
        rows = rows.where(Task.assignee_id == filters.assignee if filters.assignee else Task.assignee_id.is_(None))
    return rows.where(Task.due_at < filters.before) if filters.before else rows


def by_id(session: Session, task_id: int) -> Task | None:
    return session.get(Task, task_id)


def add(session: Session, lead_id: int, told: dict[str, Any], moment: Moment) -> Task | None:
    """A new task of a lead; None when there is no such lead. Raises owners.NoOwnerError for its `assignee_id`."""
    if not leads.lock(session, lead_id):
        return None
    _check(session, told)
    task = Task(lead_id=lead_id, created_by=moment.by, created_at=moment.wall, **told)
    session.add(task)
    _tell(session, "task_added", task, moment)
    return task


def change(session: Session, task: Task, told: dict[str, Any], moment: Moment) -> None:
    """Change what is told of it: title, due_at, zone, assignee_id; `done` does it, or opens it again.

    Raises owners.NoOwnerError.
    """
    leads.lock(session, task.lead_id)
    session.refresh(task, with_for_update=True)
    done = told.pop("done", None)
    differs = {key: value for key, value in told.items() if getattr(task, key) != value}
    _check(session, differs)
    for key, value in differs.items():
        setattr(task, key, value)
    if differs:
        _tell(session, "task_changed", task, moment, keys=sorted(differs))
    if done is not None and done is not (task.done_at is not None):
        task.done_at, task.done_by = (moment.wall, moment.by) if done else (None, None)
        _tell(session, "task_done" if done else "task_reopened", task, moment)


def remove(session: Session, task: Task, moment: Moment) -> None:
    leads.lock(session, task.lead_id)
    session.delete(task)
    _tell(session, "task_removed", task, moment)


def _check(session: Session, told: dict[str, Any]) -> None:
    if assignee := told.get("assignee_id"):
        owners.check(session, [assignee])


def _tell(session: Session, kind: str, task: Task, moment: Moment, **more: Any) -> None:
    session.flush()
    data = {"task": task.id, "assignee": task.assignee_id, "by": moment.by} | more
    record(session, [Fact(kind, task.lead_id, moment.now, data)])
