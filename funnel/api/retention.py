"""How long personal data is kept: the policy, a preview of what it would delete, and the yes that starts it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.leads import LEAD
from funnel.crm import files, lead_list, leads, retention
from funnel.crm.facts import Fact, record
from funnel.doors import current, engine_now, in_transaction
from funnel.models import Job, Retention
from funnel.schemas.common import LARGEST_ID, ErrorOut
from funnel.schemas.job import JobOut
from funnel.schemas.retention import ConfirmIn, ContactIn, RetentionIn, RetentionOut

blueprint = Blueprint("retention", __name__, description="How long personal data is kept.")
LIST = {"type": "string", "format": "binary"}


@blueprint.route("/privacy/retention")
@requires("privacy:read")
@blueprint.response(200, RetentionOut)
def read_retention() -> Retention:
    """The policy, and whether somebody has confirmed it."""
    return in_transaction(retention.read)


@blueprint.route("/privacy/retention", methods=["PUT"])
@requires("privacy:write")
@blueprint.arguments(RetentionIn)
@blueprint.response(200, RetentionOut)
def change_retention(policy: dict[str, Any]) -> Retention:
    """Another policy. Nothing is deleted by it before it is confirmed."""

    def work(session: Session) -> Retention:
        unknown = set(policy["except_stages"]) - {stage.key for stage in lead_list.stages(session)}
        if unknown:
            wrong = f"There is no stage {', '.join(sorted(unknown))}."
            refuse(422, "invalid", "The request is not valid.", {"except_stages": [wrong]})
        return retention.change(session, policy)

    return in_transaction(work)


@blueprint.route("/privacy/retention/preview", methods=["POST"])
@requires("privacy:read")
@blueprint.response(202, JobOut)
def preview_retention() -> Job:
    """Count what the policy would delete now. The job's `result` tells; `file` in it lists the leads by number."""
    return in_transaction(lambda session: retention.preview(session, caller(), current().wall()))


@blueprint.route(f"/privacy/retention/preview/<int(max={LARGEST_ID}):job_id>.csv")
@requires("privacy:read")
@blueprint.response(200, schema=LIST, content_type="text/csv")
def read_preview(job_id: int) -> Response:
    """The leads that a preview found: number, last contact, and by which part of the policy."""

    def work(session: Session) -> bytes:
        job = session.get(Job, job_id)
        file = job.result.get("file") if job and job.kind == retention.PREVIEW else None
        if file is None or files.by_id(session, UUID(file)) is None:
            raise NotFound("There is no such list, or it is not made yet.")
        return b"".join(files.parts(session, UUID(file)))

    headers = {"Content-Disposition": 'attachment; filename="retention.csv"'}
    return Response(in_transaction(work), mimetype="text/csv", headers=headers)


@blueprint.route("/privacy/retention/confirm", methods=["POST"])
@requires("privacy:write")
@blueprint.arguments(ConfirmIn)
@blueprint.response(200, RetentionOut)
@blueprint.alt_response(412, schema=ErrorOut, description="The policy was changed since you read it.")
def confirm_retention(asked: dict[str, int]) -> Retention:
    """Say yes to this policy: from now on it deletes, once a day."""

    def work(session: Session) -> Retention:
        return retention.confirm(session, asked["revision"], caller(), current().wall())

    try:
        return in_transaction(work)
    except retention.StalePolicyError:
        refuse(412, "stale", "The policy was changed since you read it. Look at it again.")


@blueprint.route(f"{LEAD}/contact", methods=["POST"])
@requires("leads:write")
@blueprint.arguments(ContactIn)
@blueprint.response(204)
@blueprint.alt_response(404, schema=ErrorOut, description="There is no such lead.")
def note_contact(asked: dict[str, Any], lead_id: int) -> None:
    """A lead got in touch in a way that nobody here could see: a call, a meeting. Its time counts from then."""
    now = engine_now()

    def work(session: Session) -> None:
        if not leads.lock(session, lead_id):
            raise NotFound("There is no such lead.")
        record(session, [Fact("contacted", lead_id, min(asked.get("at") or now, now), {"by": caller()})])

    in_transaction(work)
