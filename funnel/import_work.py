"""The job of an import, bite by bite: read the file, then write leads; and its shadow, which lets reactions follow.

A dry run reads the same rows and counts what a run would write. Its rows stay, so that the run need not read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from funnel.config import Settings
from funnel.crm import imports, jobs, mailable
from funnel.crm.imports import answers, refusals, source, staging, telling, writing
from funnel.crm.jobs import Bite
from funnel.importing import FileError
from funnel.jobs import FailedError, Work
from funnel.models import Import, Job

FOLLOW = "import_follow"
#: rows of one bite of writing; on a busy machine each makes and indexes a few thousand a second, and a statement may
#: take 30 seconds
ROWS = 5_000
#: while reactions are busy with others
REST = timedelta(seconds=1)
_READ, _WRITE = "read", "write"


def kinds(settings: Settings) -> dict[str, Work]:
    """The jobs of imports. The key of suppressions comes from the settings, and whether mail leaves the machine."""
    importing = _Importing(settings.fingerprint_key, settings.mailer != "mailbox")
    return {imports.KIND: importing.work, FOLLOW: follow}


@dataclass(frozen=True)
class _Importing:
    key: bytes
    real: bool

    def work(self, session: Session, job: Job, now: datetime) -> Bite:
        one = imports.by_id(session, job.params["import"])
        if one is None or one.file_id is None:
            raise FailedError("file gone")
        place = dict(job.place) or _begin(session, one)
        if place["phase"] == _READ:
            return _read(session, one, place, now, dry=job.params["dry"])
        if place["rows"] and not staging.present(session, one.id):
            return Bite(place=_again(place), total=job.total, result=job.result)
        return self._write(session, job, one, place, now)

    def _write(self, session: Session, job: Job, one: Import, place: dict[str, Any], now: datetime) -> Bite:
        """One stretch of addresses becomes leads, or is counted."""
        where = staging.stretch(session, one.id, place["after"], ROWS)
        way = writing.way(one, now)
        rows = staging.count(session, where)
        staging.repeated(session, where)
        writing.gather(session, where, way)
        counts = asdict(writing.dry(session, way)) if job.params["dry"] else self._leads(session, job, one, way, now)
        place["counts"] = _sum(place["counts"], counts)
        place |= {"after": where["upto"], "written": place["written"] + rows}
        done = one.size + one.size * place["written"] // max(place["rows"], 1)
        if not where["last"]:
            return Bite(place=place, done=done, total=2 * one.size, result=_result(place, {}))
        return self._end(session, job, one, place)

    def _leads(self, session: Session, job: Job, one: Import, way: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        if one.run_at is None:
            one.run_at = job.started_at or job.asked_at
            after = telling.last_fact(session)
            jobs.ask(session, FOLLOW, {"import": one.id, "job": job.id, "after": after}, job.asked_by, job.asked_at)
        written = writing.write(session, way)
        said = answers.write(session, one, now, self.key)
        telling.tell(session, one, written, said.consented, now)
        people = [*written.new, *written.known]
        mail = mailable.counts(session, people, self.key, real=self.real)
        return {
            "new": len(written.new),
            "updated": len(written.changed),
            "people": len(people),
            "consented": len(said.consented),
            "said": dict(said.refused),
            "may_mail": mail.pop(None, 0),
            "may_not": dict(mail),
        }

    def _end(self, session: Session, job: Job, one: Import, place: dict[str, Any]) -> Bite:
        reasons = refusals.counts(session, one.id)
        result = _result(place, reasons)
        if job.params["dry"]:
            one.checked = {"revision": one.revision, **result}
        else:
            one.result = result
            staging.clear_rows(session, one.id)
        return Bite(place=place, done=2 * one.size, total=2 * one.size, result=result, over=True)


def _begin(session: Session, one: Import) -> dict[str, Any]:
    """What a dry run of the same reading left is written at once; anything else is read anew."""
    checked = one.checked or {}
    place = {"after": "", "written": 0, "counts": {}}
    if checked.get("revision") == one.revision and staging.present(session, one.id):
        staging.known_as(session, one.id)
        return {**place, "phase": _WRITE, "rows": checked["rows"] - checked["refused_reading"], **_refused(checked)}
    staging.clear(session, one.id)
    return {**place, "phase": _READ, "offset": 0, "line": 0, "rows": 0, "refused": 0}


def _refused(checked: Mapping[str, Any]) -> dict[str, int]:
    return {"refused": checked["refused_reading"]}


def _again(place: Mapping[str, Any]) -> dict[str, Any]:
    """A crash of the database took the rows: the file is read once more. What was written is known and stays."""
    kept = {name: place["counts"][name] for name in ("new", "updated", "consented") if name in place["counts"]}
    fresh = {"after": "", "written": 0, "offset": 0, "line": 0, "rows": 0, "refused": 0}
    return {**fresh, "phase": _READ, "counts": kept}


def _read(session: Session, one: Import, place: dict[str, Any], now: datetime, *, dry: bool) -> Bite:
    """One stretch of the file."""
    offset = place["offset"]
    if offset == 0:
        staging.clear(session, one.id)
    plan = imports.plan(session, one, now)
    records, last = source.stretch(session, one, offset, place["line"])
    try:
        taken, refused = staging.put(session, one.id, plan, records, skip=offset == 0 and one.reading["header"])
    except FileError as error:
        raise FailedError(str(error)) from None
    place |= {
        "offset": offset + records.used,
        "line": records.line,
        "rows": place["rows"] + taken,
        "refused": place["refused"] + refused,
    }
    if last:
        staging.known_as(session, one.id)
        staging.counted(session)
        place |= {"phase": _WRITE}
    total = (1 if dry else 2) * one.size
    return Bite(place=place, done=min(place["offset"], one.size), total=total, result=_result(place, {}))


def follow(session: Session, job: Job, now: datetime) -> Bite:
    """Let reactions see the next facts of an import, when they have little else to do."""
    run, place = jobs.by_id(session, job.params["job"]), {"after": job.params["after"], **job.place}
    done = job.done
    if not telling.queue_is_short(session):
        return Bite(place=place, done=done, rest=REST)
    number, last = telling.follow(session, job.params["import"], place["after"])
    place["after"] = last or place["after"]
    over = number == 0 and (run is None or run.due_at is None)
    return Bite(place=place, done=done + number, over=over, rest=REST if number == 0 and not over else timedelta())


def _sum(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Counts added up, also those inside."""
    found = dict(one)
    for name, value in other.items():
        found[name] = _sum(found.get(name, {}), value) if isinstance(value, dict) else found.get(name, 0) + value
    return found


def _result(place: Mapping[str, Any], reasons: Mapping[str, int]) -> dict[str, Any]:
    """What is told of a dry run or run, so far or in the end."""
    counts = dict(place["counts"])
    people = counts.pop("people", None)
    if people is not None:
        counts["unchanged"] = people - counts["new"] - counts["updated"]
    return {
        **counts,
        "rows": place["rows"] + place["refused"],
        "refused_reading": place["refused"],
        "refused": sum(reasons.values()) if reasons else place["refused"],
        "reasons": dict(reasons),
    }
