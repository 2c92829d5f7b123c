"""Background jobs: followed and stopped. Other parts of the API start them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.crm import jobs
from funnel.crm.errors import OverError
from funnel.crm.keyset import Page
from funnel.doors import current, in_transaction
from funnel.models import Job
from funnel.schemas.common import LARGEST_ID, ErrorOut
from funnel.schemas.job import JobOut, JobQuery, JobsOut

blueprint = Blueprint("jobs", __name__, description="Work that takes longer than a request.")

JOB = f"/jobs/<int(max={LARGEST_ID}):job_id>"


@blueprint.route("/jobs")
@requires("jobs:read")
@blueprint.arguments(JobQuery, location="query")
@blueprint.response(200, JobsOut)
def list_jobs(query: dict[str, Any]) -> Page[Job]:
    """Jobs of the last 30 days, newest first."""
    kind, after, limit = query.get("kind"), query.get("cursor"), query["limit"]
    return in_transaction(lambda session: jobs.page(session, kind=kind, after=after, limit=limit))


@blueprint.route(JOB)
@requires("jobs:read")
@blueprint.response(200, JobOut)
def read_job(job_id: int) -> Job:
    """One job: how far it is, and what came of it."""
    return in_transaction(lambda session: _found(jobs.by_id(session, job_id)))


@blueprint.route(f"{JOB}/cancel", methods=["POST"])
@requires("jobs:write")
@blueprint.response(200, JobOut)
@blueprint.alt_response(409, schema=ErrorOut, description="It is over already.")
def cancel_job(job_id: int) -> Job:
    """Stop a job. What it has done so far stays done."""

    def work(session: Session) -> Job:
        job = _found(jobs.by_id(session, job_id))
        jobs.cancel(session, job, current().wall())
        return job

    try:
        return in_transaction(work)
    except OverError:
        refuse(409, "over", "This job is over already.")


def _found(job: Job | None) -> Job:
    if job is None:
        raise NotFound("There is no such job.")
    return job
