"""Tasks: what is to be done about leads, by whom and by when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel.api.auth import caller, caller_id, requires
from funnel.api.blueprint import Blueprint
from funnel.api.leads import LEAD
from funnel.api.owners import only_active
from funnel.crm import tasks
from funnel.crm.keyset import Page
from funnel.doors import current, engine_now, in_transaction
from funnel.models import Task
from funnel.schemas.common import LARGEST_ID
from funnel.schemas.work import TaskChangeIn, TaskCountsOut, TaskIn, TaskOut, TaskQuery, TasksOut

T = TypeVar("T")

blueprint = Blueprint("tasks", __name__, description="What is to be done about leads.")

TASK = f"/tasks/<int(max={LARGEST_ID}):task_id>"


@blueprint.route("/tasks")
@requires("leads:read")
@blueprint.arguments(TaskQuery, location="query")
@blueprint.response(200, TasksOut)
def list_tasks(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """What is to be done, what is due first; or what was done, the last first."""
    after, limit = query.get("cursor"), query["limit"]
    filters = tasks.Filters(query.get("lead"), _assignee(query.get("assignee")), query["done"], query.get("before"))
    page = in_transaction(lambda session: tasks.page(session, filters, after=after, limit=limit))
    columns = [column.key for column in Task.__table__.columns]
    items = [
        {name: getattr(row.Task, name) for name in columns} | {"email": row.email, "fields": row.fields}
        for row in page.items
    ]
    return Page(items, page.next)


@blueprint.route("/tasks/counts")
@requires("leads:read")
@blueprint.response(200, TaskCountsOut)
def count_tasks() -> dict[str, int]:
    """How much the caller has to do. A program has no tasks of its own."""
    mine, wall = _assignee("me"), current().wall()

    def work(session: Session) -> dict[str, int]:
        overdue = tasks.count(session, tasks.Filters(assignee=mine, before=wall))
        return {"overdue": overdue, "open": tasks.count(session, tasks.Filters(assignee=mine))}

    return in_transaction(work) | {"most": tasks.MOST_COUNTED}


@blueprint.route(f"{LEAD}/tasks", methods=["POST"])
@requires("leads:write")
@blueprint.arguments(TaskIn)
@blueprint.response(201, TaskOut)
def add_task(told: dict[str, Any], lead_id: int) -> Task:
    """A new task about a lead."""
    moment = _moment()

    def work(session: Session) -> Task:
        task = tasks.add(session, lead_id, told, moment)
        if task is None:
            raise NotFound("There is no such lead.")
        return task

    return _written(work)


@blueprint.route(TASK, methods=["PATCH"])
@requires("leads:write")
@blueprint.arguments(TaskChangeIn)
@blueprint.response(200, TaskOut)
def change_task(told: dict[str, Any], task_id: int) -> Task:
    """Change a task, do it, or open it again."""
    moment = _moment()

    def work(session: Session) -> Task:
        task = _found(session, task_id)
        tasks.change(session, task, dict(told), moment)
        return task

    return _written(work)


@blueprint.route(TASK, methods=["DELETE"])
@requires("leads:write")
@blueprint.response(204)
def remove_task(task_id: int) -> None:
    """Delete a task. The lead's story tells that there was one, not what it said."""
    moment = _moment()
    _written(lambda session: tasks.remove(session, _found(session, task_id), moment))


def _found(session: Session, task_id: int) -> Task:
    task = tasks.by_id(session, task_id)
    if task is None:
        raise NotFound("There is no such task.")
    return task


def _moment() -> tasks.Moment:
    return tasks.Moment(engine_now(), current().wall(), caller())


def _assignee(asked: str | None) -> int | None:
    """Whose tasks are meant; None: everybody's, 0: nobody's, -1: those of a program, which has none."""
    if asked is None:
        return None
    if asked == "none":
        return 0
    if asked == "me":
        return caller_id()
    return int(asked)


def _written(work: Callable[[Session], T]) -> T:
    with only_active("assignee"), current().database.transaction() as session:
        return work(session)
