"""Everything that one person takes care of goes to another, or to nobody: leads, and tasks that are still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import bulk, facts, owners
from funnel.crm.bulk import Action, Doing, Done
from funnel.crm.facts import Fact
from funnel.models import Job

NAME = "hand_over"

_MEANT = text("""
    INSERT INTO bulk_leads (job_id, lead_id)
    SELECT :job, id FROM leads WHERE owner_id = :user
     UNION
    SELECT :job, lead_id FROM tasks WHERE assignee_id = :user AND done_at IS NULL
""")
_OWNED = text("SELECT id FROM leads WHERE id = ANY (:leads) AND owner_id = :user ORDER BY id")
_TASKS = text("""
    UPDATE tasks SET assignee_id = :to
     WHERE lead_id = ANY (:leads) AND assignee_id = :user AND done_at IS NULL RETURNING id, lead_id
""")


def ask(session: Session, user_id: int, to: int | None, by: str, wall: datetime) -> Job:
    """A job that gives what this user has now to `to`, or to nobody; `wall` is wall time.

    Raises owners.NoOwnerError.
    """
    owners.check(session, [to] if to else [])
    job = bulk.start(session, {"action": NAME, "user": user_id, "to": to}, by, wall)
    session.execute(_MEANT, {"job": job.id, "user": user_id})
    return bulk.counted(session, job)


def _check(session: Session, params: Mapping[str, Any]) -> None:
    """`ask` has checked."""


def _act(session: Session, lead_ids: Sequence[int], doing: Doing) -> Done:
    user, to = doing.params["user"], doing.params["to"]
    owned = session.scalars(_OWNED, {"leads": list(lead_ids), "user": user}).all()
    given = owners.assign(session, dict.fromkeys(owned, to), owners.BY_HAND, doing.now, doing.by)
    tasks = session.execute(_TASKS, {"leads": list(lead_ids), "user": user, "to": to}).all()
    data = {"assignee": to, "by": doing.by, "keys": ["assignee_id"]}
    told = sorted((task.lead_id, task.id) for task in tasks)
    facts.record(session, [Fact("task_changed", lead, doing.now, {"task": task} | data) for lead, task in told])
    changed = len({*given, *(task.lead_id for task in tasks)})
    return Done(changed, len(lead_ids) - changed)


ACTIONS: Mapping[str, Action] = {NAME: Action(_check, _act)}
