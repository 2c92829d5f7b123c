"""`funnel import FILE`: the same import as in the app, from the command line."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from funnel import import_work, jobs
from funnel.commands import opened
from funnel.context import Context
from funnel.crm import audit, files, imports
from funnel.crm.imports import refusals
from funnel.crm.imports.refusals import Rest
from funnel.importing import ENCODINGS, Guess, Sniffer, problem
from funnel.models import Import, Job

ASKED_BY = "command line"
#: seconds between two looks at a worker that does it
_PATIENCE = 0.5
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--column", "columns", multiple=True, metavar="NAME=MEANING", help="email, fields.KEY, tags, ignore, ...")
@click.option("--encoding", type=click.Choice(ENCODINGS), help="Otherwise guessed.")
@click.option("--separator", type=click.Choice(list(_SEPARATORS)), help="Otherwise guessed.")
@click.option("--policy", type=click.Choice(["new", "fill", "overwrite"]), default="fill", show_default=True)
@click.option("--tag", "tags", multiple=True, help="Given to everybody; repeatable.")
@click.option("--may-enter", is_flag=True, help="It may bring leads into sequences.")
@click.option("--consented", metavar="PURPOSE", help="They agreed to this; needs --wording, --at and --proof.")
@click.option("--wording", help="In which words they agreed.")
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="When they agreed, at the latest.")
@click.option("--proof", help="Where that can be looked up.")
@click.option("--customers", is_flag=True, help="Existing customers whom the law lets you write to; needs --proof.")
@click.option("--run", is_flag=True, help="Write the leads; without it this is a dry run.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Where refused rows are written.")
def import_command(file: Path, run: bool, rejects: Path | None, columns: tuple[str, ...], **how: Any) -> None:
    """Bring in a file of people: a dry run, unless --run is given. Nobody is mailed whose consent you do not state."""
    changes = {**_reading(how), **{name: how[name] for name in ("policy", "may_enter")}, "consent": _consent(how)}
    with opened() as context:
        file_id, guess = _kept(context, file)
        with context.database.transaction() as session:
            one = imports.create(session, file_id, guess, ASKED_BY, context.wall())
            imports.edit(session, one, {**changes, "tags": list(how["tags"])}, context.wall())
            imports.edit(session, one, {"columns": _columns(one, columns)}, context.wall())
            audit.note(session, "system", "create_import", f"imports/{one.id}", context.wall())
            import_id = one.id
        _worked(context, import_id, dry=not run)
        _report(context, import_id, rejects, run=run)


def _reading(how: dict[str, Any]) -> dict[str, Any]:
    reading = {"encoding": how["encoding"], "separator": _SEPARATORS.get(how["separator"] or "")}
    return {"reading": {name: value for name, value in reading.items() if value}}


def _consent(how: dict[str, Any]) -> dict[str, Any]:
    told = {name: how[name] for name in ("wording", "proof") if how[name]}
    if how["consented"]:
        missing = [f"--{name}" for name in ("wording", "at", "proof") if not how[name]]
        if missing:
            raise click.UsageError(f"--consented needs {', '.join(missing)}, too: it is the proof.")
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", how["consented"]):
            raise click.BadParameter("A purpose begins with a letter and has letters, digits, - and _.")
        at = f"{how['at']:%Y-%m-%d}T00:00:00+00:00"
        return {"state": "consented", "purpose": how["consented"], "at": at, "by": ASKED_BY, **told}
    if how["customers"]:
        if not how["proof"]:
            raise click.UsageError("--customers needs --proof, too.")
        return {"state": "customers", "by": ASKED_BY, **told}
    return {"state": "unknown"}


def _columns(one: Import, told: tuple[str, ...]) -> list[str]:
    """What the columns mean, as guessed and as told."""
    meaning = dict(zip(one.names, one.columns, strict=True))
    for each in told:
        name, separator, target = each.rpartition("=")
        if not separator or name not in meaning:
            raise click.BadParameter(f"{each}: there are the columns {', '.join(one.names)}.", param_hint="--column")
        meaning[name] = target
    columns = [meaning[name] for name in one.names]
    for at, name in enumerate(one.names):
        if wrong := problem(columns, at):
            raise click.BadParameter(f"{name}={columns[at]}: {wrong}", param_hint="--column")
    if "email" not in columns:
        raise click.UsageError(f"Which column is the address? --column NAME=email, of {', '.join(one.names)}.")
    return columns


def _kept(context: Context, path: Path) -> tuple[UUID, Guess]:
    sniffer = Sniffer()

    def parts() -> Iterator[bytes]:
        with path.open("rb") as opened_file:
            while part := opened_file.read(files.PART):
                sniffer.feed(part)
                yield part

    with context.database.transaction() as session:
        kept = files.create(session, path.name, "text/csv", context.wall(), keep=imports.KEEP)
        files.fill(session, kept.id, parts())
        return kept.id, sniffer.guess()


def _worked(context: Context, import_id: int, *, dry: bool) -> None:
    """Done here and now, unless a worker that runs was quicker; then it is awaited."""
    with context.database.transaction() as session:
        job = imports.ask(session, session.get_one(Import, import_id), ASKED_BY, context.wall(), dry=dry)
    context.now()  # reads the clock's origin, while our one connection is free
    while job.due_at is not None:
        jobs.work(context, import_work.kinds(context.settings), job.id, lambda: True)
        with context.database.transaction() as session:
            job = session.get_one(Job, job.id)
        if job.due_at is not None:
            time.sleep(_PATIENCE)


def _report(context: Context, import_id: int, rejects: Path | None, *, run: bool) -> None:
    with context.database.transaction() as session:
        one = session.get_one(Import, import_id)
        job = imports.job_of(session, one)
        if job is not None and job.status == "failed":
            raise click.ClickException(f"The file cannot be read: {job.reason}. Nothing of it was written.")
        for line in _lines(one, run=run):
            click.echo(line)
        if rejects is not None:
            _write_rejects(session, one, rejects)
            click.echo(f"The refused rows are in {rejects}.")


def _lines(one: Import, *, run: bool) -> Iterator[str]:
    meaning = ", ".join(f"{name} = {target}" for name, target in zip(one.names, one.columns, strict=True))
    reading = one.reading
    yield f"Read as {reading['encoding']}, separated by {reading['separator']!r}: {meaning}"
    counts = (one.result if run else one.checked) or {}
    did = "" if run else "would be "
    changes = f"{counts['new']:,} {did}new, {counts['updated']:,} {did}updated, {counts['unchanged']:,} unchanged"
    yield f"{counts['rows']:,} rows: {changes}, {counts['refused']:,} {did}refused"
    for reason, number in counts["reasons"].items():
        yield f"  refused {number:,}: {refusals.REASONS[reason].format(first_line='...')}"
    if run:
        people = counts["may_mail"] + sum(counts["may_not"].values())
        yield f"You may mail {counts['may_mail']:,} of {people:,}."
        for reason, number in counts["may_not"].items():
            yield f"  not {number:,}: {reason}"
    else:
        yield "Nothing was written. Add --run to write it."


def _write_rejects(session: Session, one: Import, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(refusals.header(one))
        rest: Rest | None = Rest()
        while rest is not None:
            body, rest = refusals.rows(session, one, rest)
            out.write(body)
