"""Commands about sequences: try one out, keep them in files, see what is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from funnel.commands import opened
from funnel.conditions import Problem
from funnel.crm import leads
from nurture_sequences import membership, overview, simulation, yaml_documents
from nurture_sequences import models as tables
from nurture_sequences import sequences as verbs
from nurture_sequences.advice import advice
from nurture_sequences.simulate import Moment


@click.command()
@click.argument("what", metavar="FILE|KEY")
@click.option("--lead", "email", metavar="EMAIL", help="As this lead would go; otherwise a new one.")
def simulate(what: str, email: str | None) -> None:
    """Print what a sequence would do, from now on."""
    membership.register()
    with opened() as context:
        start = context.now()
        with context.database.transaction() as session:
            moments = _walked(session, what, email, start, context.settings.fingerprint_key)
    rows = [(_minute(moment.at), moment.step or "", moment.what, moment.why) for moment in moments]
    _table(("WHEN (UTC)", "STEP", "WHAT", "WHY"), rows)


@click.group()
def sequences() -> None:
    """Sequences as YAML files, to keep in git."""


@sequences.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--publish", is_flag=True, help="Publish each one that has no problems.")
def push(path: Path, publish: bool) -> None:
    """Save a file, or each .yaml file of a folder, as the draft of the sequence it is named after."""
    files = sorted(path.glob("*.y*ml")) if path.is_dir() else [path]
    documents = [(file, _read(file)) for file in files]
    failed = False
    with opened() as context:
        for file, document in documents:
            now = context.now()
            with context.database.transaction() as session:
                problems = _push(session, file.stem, document, now, publish)
                warnings = advice(session, document)
            for told in (*problems, *warnings):
                click.echo(f"  {told.path or 'document'}: {told.message}", err=True)
            failed = failed or bool(problems)
    if failed:
        raise click.ClickException("There are problems to mend before publishing; the drafts are saved.")


@sequences.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def pull(folder: Path) -> None:
    """Write the draft of every sequence to FOLDER/KEY.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    with opened() as context, context.database.transaction() as session:
        rows = session.execute(select(tables.Sequence.key, tables.Sequence.draft).order_by(tables.Sequence.key)).all()
    for key, draft in rows:
        (folder / f"{key}.yaml").write_text(yaml_documents.write(draft), encoding="utf-8")
        click.echo(folder / f"{key}.yaml")


@click.command()
def due() -> None:
    """What is due now, what waits, and what is held and why, by sequence."""
    with opened() as context:
        now = context.now()
        with context.database.transaction() as session:
            found = overview.due(session, now)
    click.echo(f"Engine time {_minute(now)} UTC")
    headers = ("SEQUENCE", "STATUS", "DUE", "WAITING", "ON A MAIL", "PAUSED", "IN ERROR", "NEXT (UTC)")
    _table(headers, [(*row[:-1], _minute(row.next_at) if row.next_at else "") for row in found.sequences])
    for row in found.mail:
        held = f" (held: {row.held})" if row.held else ""
        click.echo(f"mail {row.status}{held}: {row.count}")
    for row in found.errors:
        click.echo(f"enrollment {row.id} of {row.key} is set aside at {row.step or 'its start'}: {row.reason}")


def _walked(session: Session, what: str, email: str | None, start: datetime, key: bytes) -> Sequence[Moment]:
    document = _document(session, what)
    _stop_at(verbs.problems(session, document))
    asked = simulation.Asked(start, lead_id=_lead_id(session, email) if email else None)
    return simulation.walked(session, document, asked, key).moments


def _document(session: Session, what: str) -> Any:
    """The file of this name; else the draft of the sequence with this key."""
    if Path(what).is_file():
        return _read(Path(what))
    try:
        return verbs.read(session, what).draft
    except verbs.UnknownSequenceError:
        raise click.ClickException(f"There is neither a file nor a sequence {what}.") from None


def _read(file: Path) -> Any:
    try:
        document = yaml_documents.read(file.read_text(encoding="utf-8"))
    except (yaml_documents.YamlError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {error}") from None
    if not isinstance(document, dict):
        raise click.ClickException(f"{file} holds no sequence document.")
    return {"key": file.stem} | document


def _lead_id(session: Session, email: str) -> int:
    lead = leads.lead_by_email(session, email)
    if lead is None:
        raise click.ClickException(f"There is no lead {email}.")
    return lead.id


def _push(session: Session, stem: str, document: dict[str, Any], now: datetime, publish: bool) -> Sequence[Problem]:
    """Save one document and say what became of it; returns its problems."""
    key = document["key"]
    if key != stem:
        raise click.ClickException(f"{stem}.yaml holds the sequence {key}: name the file after its key.")
    try:
        before = verbs.read(session, key)
        problems: Sequence[Problem] = verbs.problems(session, document)
        said = "unchanged"
        if before.draft != document:
            verbs.save_draft(session, key, document, now, revisions={before.revision})
            said = "changed"
    except verbs.UnknownSequenceError:
        problems, said = verbs.save_draft(session, key, document, now).problems, "new"
    if publish and not problems:
        said += f", published as version {verbs.publish(session, key, now).number}"
    click.echo(f"{key}: {said}")
    return problems


def _stop_at(problems: Sequence[Problem]) -> None:
    if problems:
        lines = [f"{problem.path or 'document'}: {problem.message}" for problem in problems]
        raise click.ClickException("\n".join(["The document has problems.", *lines]))


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    cells = [[str(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in _lines(cells, widths):
        click.echo(line)


def _lines(cells: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
