"""Imports: a file is taken, its columns are guessed and corrected, a dry run counts, a run writes.

The work itself is a job (`funnel.import_work`). All times here are wall times, unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from funnel.crm import jobs
from funnel.crm.errors import OverError
from funnel.crm.imports import source
from funnel.crm.keyset import Page, Place, cut
from funnel.importing import Guess, Plan, guess_columns
from funnel.importing.cells import month_first
from funnel.importing.dialects import guess_dialect
from funnel.importing.headers import columns_without_names
from funnel.importing.plan import stage_names
from funnel.models import Import, Job, KeptFile, Stage

#: the kind of its jobs
KIND = "import"
#: how long a file is kept; it holds people
KEEP = timedelta(days=14)
#: columns a file may have
MOST_COLUMNS = 500


class BusyError(Exception):
    """A dry run or a run is under way: it reads what would be changed."""


class NoAddressError(Exception):
    """No column is the address."""


class GoneError(Exception):
    """The file is no longer kept."""


def create(session: Session, file_id: UUID, guess: Guess, asked_by: str, wall: datetime) -> Import:
    """An import of this complete file; how it is written and what its columns mean is guessed from its start."""
    file = session.get_one(KeptFile, file_id)
    start = source.start(session, file.id, guess.encoding)
    dialect = guess_dialect(start)
    reading = {
        "encoding": guess.encoding,
        "separator": dialect.separator,
        "header": dialect.header,
        "day_first": True,
        "confidence": round(min(guess.confidence, dialect.confidence), 2),
    }
    one = Import(
        file_id=file.id,
        name=file.name,
        size=file.size or 0,
        asked_by=asked_by,
        created_at=wall,
        updated_at=wall,
        reading=reading,
        names=[],
        columns=[],
    )
    _guess_columns(session, one)
    session.add(one)
    session.flush()
    session.refresh(one)
    return one


def by_id(session: Session, import_id: int, *, lock: bool = False) -> Import | None:
    return session.get(Import, import_id, with_for_update=lock or None, populate_existing=lock)


def page(session: Session, *, after: Place | None = None, limit: int = 50) -> Page[Import]:
    """Imports, the newest first."""
    found = select(Import).order_by(Import.id.desc()).limit(limit + 1)
    if after:
        found = found.where(Import.id < after.id)
    return cut(session.scalars(found).all(), limit, lambda one: Place(one.created_at, one.id))


def job_of(session: Session, one: Import) -> Job | None:
    """The dry run or run last asked for."""
    return jobs.by_id(session, one.job_id) if one.job_id else None


def jobs_of(session: Session, some: Sequence[Import]) -> dict[int, Job]:
    """The same for many, by the jobs' ids."""
    wanted = [one.job_id for one in some if one.job_id]
    return {job.id: job for job in session.scalars(select(Job).where(Job.id.in_(wanted)))}


def edit(session: Session, one: Import, changes: Mapping[str, Any], wall: datetime) -> None:
    """Change how a locked import is read and written. Another reading guesses the columns anew, unless they are given.

    Raises BusyError while it is worked on, OverError once it was run.
    """
    _check_open(session, one)
    reading = {**one.reading, **changes.get("reading", {})}
    reread = reading != one.reading
    one.reading = reading | ({"confidence": 1.0} if reread else {})
    if reread:
        _guess_columns(session, one)
    for name in ("columns", "policy", "tagging", "tags", "consent", "may_enter"):
        if name in changes:
            setattr(one, name, changes[name])
    one.revision += 1
    one.updated_at = wall
    session.flush()


def ask(session: Session, one: Import, asked_by: str, wall: datetime, *, dry: bool) -> Job:
    """Start the dry run or the run of a locked import.

    Raises BusyError while it is worked on, OverError once it was run, GoneError without its file, NoAddressError.
    """
    _check_open(session, one)
    if one.file_id is None:
        raise GoneError
    if "email" not in one.columns:
        raise NoAddressError
    job = jobs.ask(session, KIND, {"import": one.id, "dry": dry}, asked_by, wall)
    one.job_id = job.id
    session.flush()
    return job


def plan(session: Session, one: Import, now: datetime) -> Plan:
    """What its columns mean, made ready; `now` is engine time."""
    rungs = [(stage.key, stage.name) for stage in session.scalars(select(Stage))]
    return Plan(
        one.columns,
        one.names,
        stage_names(rungs),
        now,
        zones=available_timezones(),
        day_first=one.reading["day_first"],
    )


def preview(session: Session, one: Import, rows: int = 10) -> list[list[str]]:
    """The first rows of the file, as it is read now; none once the file is gone."""
    if one.file_id is None:
        return []
    found = source.first_rows(source.start(session, one.file_id, one.reading["encoding"]), one.reading, rows + 1)
    return found[1 if one.reading["header"] else 0 :][:rows]


def _check_open(session: Session, one: Import) -> None:
    job = job_of(session, one)
    if job is not None and job.due_at is not None:
        raise BusyError
    if one.run_at is not None:
        raise OverError


def _guess_columns(session: Session, one: Import) -> None:
    start = source.start(session, one.file_id, one.reading["encoding"]) if one.file_id else ""
    rows = source.first_rows(start, one.reading, 100)
    first = rows[0][:MOST_COLUMNS] if rows else []
    if one.reading["header"]:
        one.names = [name.strip() for name in first]
        one.preset, one.columns = guess_columns(one.names)
    else:
        one.names = [f"Column {number + 1}" for number in range(len(first))]
        one.preset, one.columns = None, columns_without_names(first)
    if any(month_first(cell) for row in rows for cell in row):
        one.reading = {**one.reading, "day_first": False}
