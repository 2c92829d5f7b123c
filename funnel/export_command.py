"""`funnel export`: the same files as the API gives, written where the operator says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from funnel.commands import opened
from funnel.composition import Composition, load
from funnel.context import Context
from funnel.crm import audit, lead_filters
from funnel.crm.lead_filters import Filters
from funnel.exports import (
    FORMATS,
    PRESETS,
    STORY,
    BrokenError,
    Export,
    MissingPackageError,
    Table,
    UnknownColumnError,
    chosen,
    leads_table,
    open_stream,
    preset,
)
from funnel.schemas.export import SEPARATORS

TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.command("export")
@click.argument("table")
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to; default: standard output.")
@click.option("--columns", default="", help="With commas between them; default: the usual ones.")
@click.option("--preset", "style", type=click.Choice(list(PRESETS)), help="Leads as another CRM imports them.")
@click.option("--stage", help="Only leads of this stage.")
@click.option("--tag", help="Only leads with this tag.")
@click.option("--since", type=TIME, help="Only what is from then on (UTC).")
@click.option("--until", type=TIME, help="And before then (UTC).")
@click.option("--separator", type=click.Choice(list(SEPARATORS)), default="comma", show_default=True, help="Of CSV.")
@click.option("--bom", is_flag=True, help="Begin CSV with the mark that tells Excel of UTF-8.")
@click.pass_obj
def export_command(composition: Composition, /, table: str, output: Path | None, **options: Any) -> None:
    """Write TABLE (leads, submissions, consents, touches, events, messages, ...) to a file."""
    with opened() as context:
        found = _table(context, composition, table)
        _write(context, _export(context, found, options), output)


def _export(context: Context, table: Table, options: dict[str, Any]) -> Export:
    filters = Filters(
        stages=[options["stage"]] if options["stage"] else (), all_tags=[options["tag"]] if options["tag"] else ()
    )
    style, columns = options["style"], options["columns"]
    if table.name != "leads" and (filters.given() or style):
        raise click.UsageError("--stage, --tag and --preset are for leads.")
    if style and columns:
        raise click.UsageError("Choose --columns or --preset, not both.")
    try:
        picked = preset(style) if style else chosen(table, [name.strip() for name in columns.split(",") if name])
    except UnknownColumnError as error:
        raise click.UsageError(str(error)) from None
    with context.database.transaction() as session:
        leads = lead_filters.narrowed(session, filters, context.now())
    return Export(
        table,
        picked,
        options["kind"],
        SEPARATORS[options["separator"]],
        options["bom"],
        leads,
        _utc(options["since"]),
        _utc(options["until"]),
    )


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at else None


def _table(context: Context, composition: Composition, name: str) -> Table:
    now = context.now()
    with context.database.transaction() as session:
        tables = [leads_table(session, now), *STORY]
    tables += [table for path in composition.exportable for table in load(path)]
    found = next((table for table in tables if table.name == name), None)
    if found is None:
        raise click.UsageError(f"There is no {name}. There are: {', '.join(table.name for table in tables)}.")
    return found


def _write(context: Context, export: Export, output: Path | None) -> None:
    try:
        stream = open_stream(context.database, export)
    except MissingPackageError as error:
        raise click.ClickException(str(error)) from None
    with context.database.transaction() as session:
        audit.note(session, audit.SYSTEM, "export", export.table.name, context.wall(), {"format": export.format})
    try:
        with _file(output) as file:
            for piece in stream:
                file.write(piece)
    except BrokenError:
        raise click.ClickException("The export broke off: the log says why. Start it again.") from None
    finally:
        stream.close()


@contextmanager
def _file(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that has its name only when it is whole."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = output.with_name(output.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
