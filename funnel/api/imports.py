"""Imports: a file is sent, its columns are corrected, a dry run counts, a run writes; refused rows come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel import auditing
from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.import_upload import received
from funnel.api.revisions import Revised, needed, refuse_stale, with_revision
from funnel.context import Context
from funnel.crm import imports, jobs
from funnel.crm.errors import OverError
from funnel.crm.imports import BusyError, GoneError, NoAddressError, refusals
from funnel.crm.imports.refusals import Rest
from funnel.crm.keyset import Page
from funnel.doors import current, in_transaction
from funnel.importing import FileError, problem
from funnel.models import Import
from funnel.schemas.common import LARGEST_ID, ErrorOut
from funnel.schemas.imports import (
    ImportPatch,
    ImportQuery,
    ImportsOut,
    ImportWithRowsOut,
    RefusalQuery,
    RefusalsOut,
    UploadQuery,
)

blueprint = Blueprint("imports", __name__, description="Files of people, brought in.")

IMPORT = f"/imports/<int(max={LARGEST_ID}):import_id>"
BODY = {
    "required": True,
    "content": {
        "text/csv": {"schema": {"type": "string", "format": "binary"}},
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    },
}


@blueprint.route("/imports")
@requires("imports:read")
@blueprint.arguments(ImportQuery, location="query")
@blueprint.response(200, ImportsOut)
def list_imports(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """Imports, newest first."""

    def work(session: Session) -> Page[dict[str, Any]]:
        page = imports.page(session, after=query.get("cursor"), limit=query["limit"])
        under_way = imports.jobs_of(session, page.items)
        return Page([_told(one, under_way.get(one.job_id or 0)) for one in page.items], page.next)

    return in_transaction(work)


@blueprint.route("/imports", methods=["POST"])
@requires("imports:write")
@blueprint.doc(requestBody=BODY)
@blueprint.arguments(UploadQuery, location="query")
@blueprint.response(201, ImportWithRowsOut)
def create_import(query: dict[str, Any]) -> Revised[dict[str, Any]]:
    """Send a file: the body is the file itself. How it is written and what its columns mean is guessed; nothing is
    written to leads yet. A repeat makes a second import, which does no harm: send no Idempotency-Key with a large file.
    """
    file_id, guess = received(query["name"])
    by, wall = caller(), current().wall()
    with current().database.transaction() as session:
        one = imports.create(session, file_id, guess, by, wall)
        auditing.about(f"imports/{one.id}")
        return _shown(session, one, 201)


@blueprint.route(IMPORT)
@requires("imports:read")
@blueprint.response(200, ImportWithRowsOut)
def read_import(import_id: int) -> Revised[dict[str, Any]]:
    """One import, with the first rows of its file and how far its job is."""
    return in_transaction(lambda session: _shown(session, _found(session, import_id)))


@blueprint.route(IMPORT, methods=["PATCH"])
@requires("imports:write")
@blueprint.arguments(ImportPatch)
@blueprint.response(200, ImportWithRowsOut)
@blueprint.alt_response(409, schema=ErrorOut, description="It is worked on, or was run already.")
@blueprint.alt_response(412, schema=ErrorOut, description="It was changed since you read it.")
@blueprint.alt_response(428, schema=ErrorOut, description="If-Match is missing.")
def edit_import(changes: dict[str, Any], import_id: int) -> Revised[dict[str, Any]]:
    """Correct how the file is read, what its columns mean, what becomes of known leads, and what consent there is."""
    revisions, by, wall = needed(), caller(), current().wall()
    if "consent" in changes:
        changes["consent"]["by"] = by

    def work(session: Session) -> Revised[dict[str, Any]]:
        one = _found(session, import_id, lock=True)
        if one.revision not in revisions:
            refuse_stale()
        imports.edit(session, one, changes, wall)
        _check_columns(one)
        return _shown(session, one)

    return _or_refused(lambda: in_transaction(work))


@blueprint.route(f"{IMPORT}/check", methods=["POST"])
@requires("imports:write")
@blueprint.response(202, ImportWithRowsOut)
@blueprint.alt_response(409, schema=ErrorOut, description="It is worked on, or was run already.")
@blueprint.alt_response(410, schema=ErrorOut, description="Its file is no longer kept.")
def check_import(import_id: int) -> Revised[dict[str, Any]]:
    """Start a dry run: what a run would do, and which rows it would refuse. Nothing is written."""
    return _asked(import_id, dry=True)


@blueprint.route(f"{IMPORT}/run", methods=["POST"])
@requires("imports:write")
@blueprint.response(202, ImportWithRowsOut)
@blueprint.alt_response(409, schema=ErrorOut, description="It is worked on, or was run already.")
@blueprint.alt_response(410, schema=ErrorOut, description="Its file is no longer kept.")
def run_import(import_id: int) -> Revised[dict[str, Any]]:
    """Write the leads. It goes on by itself, whatever is killed; once."""
    return _asked(import_id, dry=False)


@blueprint.route(f"{IMPORT}/cancel", methods=["POST"])
@requires("imports:write")
@blueprint.response(200, ImportWithRowsOut)
@blueprint.alt_response(409, schema=ErrorOut, description="Nothing is under way.")
def cancel_import(import_id: int) -> Revised[dict[str, Any]]:
    """Stop the dry run or run between two bites. Leads that were written stay, and the result says how many."""
    wall = current().wall()

    def work(session: Session) -> Revised[dict[str, Any]]:
        one = _found(session, import_id)
        job = imports.job_of(session, one)
        if job is None:
            raise OverError
        jobs.cancel(session, job, wall)
        return _shown(session, one)

    try:
        return in_transaction(work)
    except OverError:
        refuse(409, "over", "Nothing is under way.")


@blueprint.route(f"{IMPORT}/refusals")
@requires("imports:read")
@blueprint.arguments(RefusalQuery, location="query")
@blueprint.response(200, RefusalsOut)
def list_refusals(query: dict[str, Any], import_id: int) -> dict[str, Any]:
    """Rows that were not taken, in the order of the file; `after` is the line of the last one you have."""

    def work(session: Session) -> dict[str, Any]:
        one = _found(session, import_id)
        return {"items": refusals.listed(session, one.id, after=query["after"], limit=query["limit"])}

    return in_transaction(work)


@blueprint.route(f"{IMPORT}/rejects.csv")
@requires("imports:read")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
@blueprint.alt_response(410, schema=ErrorOut, description="Its file is no longer kept.")
def download_rejects(import_id: int) -> Response:
    """The refused rows as they stood in the file, each with its line and the reason: mend them and send them again."""
    context = current()

    def first(session: Session) -> str:
        one = _found(session, import_id)
        if one.file_id is None:
            refuse(410, "file_gone", "The file is no longer kept.")
        return refusals.header(one)

    response = Response(_rejects(context, import_id, in_transaction(first)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="import-{import_id}-rejects.csv"'
    return response


def _rejects(context: Context, import_id: int, header: str) -> Iterator[str]:
    """Stretch by stretch, each read in a transaction of its own: a slow reader holds no connection."""
    yield header
    rest: Rest | None = Rest()
    while rest is not None:
        with context.database.transaction() as session:
            one = imports.by_id(session, import_id)
            if one is None or one.file_id is None:
                raise FileNotFoundError("the file went while its rejects were read")
            try:
                body, rest = refusals.rows(session, one, rest)
            except FileError:  # the run stopped here, too: its reason names the line
                return
        yield body


def _asked(import_id: int, *, dry: bool) -> Revised[dict[str, Any]]:
    by, wall = caller(), current().wall()

    def work(session: Session) -> Revised[dict[str, Any]]:
        one = _found(session, import_id, lock=True)
        imports.ask(session, one, by, wall, dry=dry)
        return _shown(session, one, 202)

    return _or_refused(lambda: in_transaction(work))


def _or_refused(answer: Callable[[], Revised[dict[str, Any]]]) -> Revised[dict[str, Any]]:
    try:
        return answer()
    except BusyError:
        refuse(409, "busy", "It is worked on: wait until that is over, or cancel it.")
    except OverError:
        refuse(409, "over", "This import was run already: send the file again for another.")
    except GoneError:
        refuse(410, "file_gone", "The file is no longer kept: send it again.")
    except NoAddressError:
        refuse(422, "invalid", "The request is not valid.", {"columns": ["One column must be `email`."]})


def _check_columns(one: Import) -> None:
    if len(one.columns) != len(one.names):
        message = f"The file has {len(one.names)} columns, not {len(one.columns)}."
        refuse(422, "invalid", "The request is not valid.", {"columns": [message]})
    wrong = {f"columns.{at}": [found] for at in range(len(one.columns)) if (found := problem(one.columns, at))}
    if wrong:
        refuse(422, "invalid", "The request is not valid.", wrong)


def _found(session: Session, import_id: int, *, lock: bool = False) -> Import:
    one = imports.by_id(session, import_id, lock=lock)
    if one is None:
        raise NotFound("There is no such import.")
    return one


def _shown(session: Session, one: Import, status: int = 200) -> Revised[dict[str, Any]]:
    told = {**_told(one, imports.job_of(session, one)), "rows": imports.preview(session, one)}
    return with_revision(told, one.revision, status)


def _told(one: Import, job: Any) -> dict[str, Any]:
    checked = one.checked if one.checked and one.checked.get("revision") == one.revision else None
    columns = {column.name: getattr(one, column.name) for column in Import.__table__.columns}
    return {**columns, "checked": checked, "kept": one.file_id is not None, "job": job}
