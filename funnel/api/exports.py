"""Exports: what people may take away, streamed while the database makes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from sqlalchemy import Select
from werkzeug.exceptions import NotFound, ServiceUnavailable

from funnel import auditing, extensions
from funnel.api import patience
from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.crm import lead_filters
from funnel.doors import current, engine_now, in_transaction
from funnel.exports import (
    FORMATS,
    PRESETS,
    STORY,
    Export,
    MissingPackageError,
    Stream,
    Table,
    UnknownColumnError,
    chosen,
    filename,
    leads_table,
    media_type,
    open_stream,
    parquet,
    preset,
)
from funnel.schemas.common import ErrorOut
from funnel.schemas.export import SEPARATORS, ExportablesOut, ExportQuery, LeadsExportQuery

FORMAT = f"<any({', '.join(FORMATS)}):extension>"
#: seconds until there may be room for one more
RETRY_AFTER = 30

blueprint = Blueprint("exports", __name__, description="What is kept, as files: CSV, NDJSON, Parquet.")


@blueprint.route("/exports")
@requires("exports:read")
@blueprint.response(200, ExportablesOut)
def list_exports() -> dict[str, Any]:
    """What can be exported, with which columns and presets."""
    leads = in_transaction(lambda session: leads_table(session, engine_now()))
    formats = [kind for kind in FORMATS if kind != "parquet" or parquet.available()]
    return {
        "items": [
            {
                "name": table.name,
                "columns": [column.name for column in table.columns],
                "usual": list(table.usual) or [column.name for column in table.columns],
                "formats": formats,
                "presets": list(PRESETS) if table is leads else [],
            }
            for table in (leads, *_others())
        ]
    }


@blueprint.route(f"/exports/leads.{FORMAT}")
@requires("exports:read")
@blueprint.arguments(LeadsExportQuery, location="query")
@blueprint.response(200, content_type="application/octet-stream", description="The file, as it is made.")
@blueprint.alt_response(501, schema=ErrorOut, description="Parquet is not installed here.")
@blueprint.alt_response(503, schema=ErrorOut, description="Too many exports at once.")
def export_leads(query: dict[str, Any], extension: str) -> Response:
    """Leads, narrowed like their list; in columns of your own, or as another CRM imports them."""
    if query.get("preset") and query["columns"]:
        refuse(422, "invalid", "The request is not valid.", {"columns": ["Choose columns or a preset, not both."]})
    now, filters = engine_now(), query["filters"]
    table, leads = in_transaction(
        lambda session: (leads_table(session, now), lead_filters.narrowed(session, filters, now))
    )
    return _answer(table, query, extension, leads, sorted(filters.given()))


@blueprint.route(f"/exports/<table>.{FORMAT}")
@requires("exports:read")
@blueprint.arguments(ExportQuery, location="query")
@blueprint.response(200, content_type="application/octet-stream", description="The file, as it is made.")
@blueprint.alt_response(404, schema=ErrorOut, description="There is no such table.")
@blueprint.alt_response(501, schema=ErrorOut, description="Parquet is not installed here.")
@blueprint.alt_response(503, schema=ErrorOut, description="Too many exports at once.")
def export_table(query: dict[str, Any], table: str, extension: str) -> Response:
    """Another table whole, or of a period: submissions, consents, touches, events, messages, enrollments."""
    found = next((one for one in _others() if one.name == table), None)
    if found is None:
        raise NotFound("There is no such export: GET /exports lists them.")
    return _answer(found, query, extension, None, [])


def _others() -> Sequence[Table]:
    return [*STORY, *extensions.here().tables]


def _answer(table: Table, query: dict[str, Any], kind: str, leads: Select[Any] | None, filters: list[str]) -> Response:
    style = query.get("preset")
    try:
        columns = preset(style) if style else chosen(table, query["columns"])
    except UnknownColumnError as error:
        refuse(422, "invalid", "The request is not valid.", {"columns": [str(error)]})
    export = Export(
        table,
        columns,
        kind,  # type: ignore[arg-type]
        separator=SEPARATORS[query["separator"]],
        bom=query["bom"],
        leads=leads,
        since=query.get("since"),
        until=query.get("until"),
    )
    told = {"format": kind, "filters": filters} | ({"preset": style} if style else {})
    slot = patience.take()
    if slot is None:
        raise ServiceUnavailable("Other exports are running. Please try again.", retry_after=RETRY_AFTER)
    try:
        stream = _begun(export, told)
    except BaseException:
        slot.give_back()
        raise
    answer = Response(stream, content_type=media_type(export))
    answer.call_on_close(stream.close)
    answer.call_on_close(slot.give_back)
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename(export, current().wall(), style or "")}"'
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _begun(export: Export, told: dict[str, Any]) -> Stream:
    """The stream with its first piece there, and written down in the audit log."""
    try:
        stream = open_stream(current().database, export)
    except MissingPackageError as error:
        refuse(501, "no_parquet", str(error))
    try:
        in_transaction(lambda session: auditing.note(session, caller(), "export", export.table.name, told))
    except BaseException:
        stream.close()
        raise
    return stream
