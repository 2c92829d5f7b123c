"""The jobs of retention, bite by bite: counting what would go, and letting it go."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from funnel.config import Settings
from funnel.crm import erasing, files, retention
from funnel.crm.erasing import Order
from funnel.crm.jobs import Bite
from funnel.crm.personal_data import Holding
from funnel.crm.retention import Due
from funnel.jobs import FailedError, Work
from funnel.models import Job, Retention

#: leads looked at in one bite, and of those erased in one
LOOKED_AT, ERASED = 2000, 100
#: rows of spam and of the audit log deleted in one bite
ROWS = 5000
#: how long the list of a preview is kept
KEPT = timedelta(days=7)
NAMES = ("lead_id", "last_contact_at", "why")


def kinds(settings: Settings, holdings: Sequence[Holding], wall: Callable[[], datetime]) -> dict[str, Work]:
    """What the workers do; `holdings` is where any package keeps data of leads."""
    work = _Retaining(settings.fingerprint_key, holdings, wall)
    return {retention.PREVIEW: work.preview, retention.RUN: work.run}


@dataclass(frozen=True)
class _Retaining:
    key: bytes
    holdings: Sequence[Holding]
    wall: Callable[[], datetime]

    def preview(self, session: Session, job: Job, now: datetime) -> Bite:
        """Counts whom and what the policy would forget now, and lists the leads by number in a file."""
        policy, place = _policy(session, job), _Place.of(job)
        found, last = retention.due(session, policy, now, after=place.after, limit=LOOKED_AT)
        file_id = place.file or str(files.create(session, "retention.csv", "text/csv", self.wall(), keep=KEPT).id)
        lines = _lines(found, head=place.file is None)
        files.append(session, UUID(file_id), place.part, lines)
        seen = place.on(last, found, file_id, len(lines))
        if last is not None:
            return Bite(seen.told(), seen.looked, result=seen.counts)
        files.complete(session, UUID(file_id), seen.size)
        rows = retention.count_rows(session, policy, now, self.wall())
        return Bite(seen.told(), seen.looked, result={**seen.counts, **rows, "file": file_id}, over=True)

    def run(self, session: Session, job: Job, now: datetime) -> Bite:
        """Forgets whom and what the confirmed policy says to forget."""
        policy, place = _policy(session, job), _Place.of(job)
        if policy.confirmed_at is None:
            raise FailedError("not confirmed")
        found, last = retention.due(session, policy, now, after=place.after, limit=LOOKED_AT)
        now_due, wait = found[:ERASED], found[ERASED:]
        order = Order("retention", "system", suppress=False)
        erasing.erase(session, self.holdings, [one.lead_id for one in now_due], order, now, self.key, pass_busy=True)
        seen = place.on(now_due[-1].lead_id if wait else last, now_due, None, 0)
        if last is not None:
            return Bite(seen.told(), seen.looked, result=seen.counts)
        rows = retention.forget_rows(session, policy, now, self.wall(), ROWS)
        counts = dict(Counter(seen.counts) + Counter(rows))
        return Bite(seen.told() | {"counts": counts}, seen.looked, result=counts, over=not any(rows.values()))


@dataclass(frozen=True)
class _Place:
    """How far a job came: the last lead looked at, what was found, the file of a preview and its parts."""

    after: int
    looked: int
    counts: dict[str, int]
    file: str | None
    part: int
    size: int

    @classmethod
    def of(cls, job: Job) -> _Place:
        told: dict[str, Any] = {"after": 0, "looked": 0, "counts": {}, "file": None, "part": 0, "size": 0}
        return cls(**told | job.place)

    def on(self, last: int | None, found: Sequence[Due], file: str | None, size: int) -> _Place:
        counts = dict(Counter(self.counts) + Counter(one.why for one in found))
        looked = self.looked if last is None else last
        return _Place(self.after if last is None else last, looked, counts, file, self.part + 1, self.size + size)

    def told(self) -> dict[str, Any]:
        return vars(self)


def _policy(session: Session, job: Job) -> Retention:
    """Raises FailedError when the policy is not the one the job was asked for."""
    policy = retention.read(session)
    if policy.revision != job.params["revision"]:
        raise FailedError("policy changed")
    return policy


def _lines(found: Sequence[Due], *, head: bool) -> bytes:
    """Numbers and times only: a list of those who are to be forgotten must not name them once more."""
    table = io.StringIO()
    writer = csv.writer(table)
    if head:
        writer.writerow(NAMES)
    writer.writerows((one.lead_id, one.last_contact_at and one.last_contact_at.isoformat(), one.why) for one in found)
    return table.getvalue().encode()
