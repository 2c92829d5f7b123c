"""Leads that may be one person: all are compared at once, when somebody asks, and people decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel.crm import jobs
from funnel.crm.jobs import Bite
from funnel.models import Job, Lead

KIND = "find_duplicates"
#: groups that are kept of one comparison, and leads told of one group
MOST, MOST_ALIKE = 200, 10

# Google's mailboxes ignore dots and everything from a plus on; most others the plus. A phone number is alike when its
# last nine digits are: some write the country, some a zero.
_FIND = text("""
    WITH alike AS (
        SELECT id, 'address' AS why,
               CASE WHEN split_part(email, '@', 2) IN ('gmail.com', 'googlemail.com')
                    THEN replace(split_part(split_part(email, '@', 1), '+', 1), '.', '') || '@gmail.com'
                    ELSE split_part(split_part(email, '@', 1), '+', 1) || '@' || split_part(email, '@', 2)
               END AS likeness
          FROM leads
         UNION ALL
        SELECT id, 'phone', right(regexp_replace(fields ->> 'phone', '\\D', '', 'g'), 9)
          FROM leads WHERE length(regexp_replace(fields ->> 'phone', '\\D', '', 'g')) >= 9
         UNION ALL
        SELECT id, 'name', lower(btrim(concat_ws(' ', fields ->> 'name', fields ->> 'first_name',
               fields ->> 'last_name'))) || chr(10) || lower(btrim(fields ->> 'company'))
          FROM leads WHERE btrim(concat_ws('', fields ->> 'name', fields ->> 'last_name')) <> ''
                       AND btrim(fields ->> 'company') <> ''
    )
    SELECT why, (array_agg(id ORDER BY id))[1 : CAST(:alike AS integer)] AS leads FROM alike
     GROUP BY why, likeness HAVING count(*) > 1
     ORDER BY max(id) DESC LIMIT :most
""")


@dataclass(frozen=True)
class Group:
    #: address, phone or name
    why: str
    leads: Sequence[int]


@dataclass(frozen=True)
class Known:
    """What the last comparison found, without those who were merged or erased since."""

    #: wall time; None when nobody has asked yet
    looked_at: datetime | None
    #: the job that compares now, if one does
    job: int | None
    groups: Sequence[Group]
    leads: Mapping[int, Lead]


def look(session: Session, by: str, wall: datetime) -> Job:
    """Compare all leads, unless that is under way; the job (`wall` is wall time)."""
    running = session.scalars(select(Job).where(Job.kind == KIND, Job.due_at.is_not(None)).limit(1)).first()
    return running or jobs.ask(session, KIND, {}, by, wall)


def find(session: Session, job: Job, now: datetime) -> Bite:
    """The job: one statement over all leads. A lead that is in several groups is told once, by address first."""
    rows = session.execute(_FIND, {"alike": MOST_ALIKE, "most": MOST}).all()
    rows = sorted(rows, key=lambda row: ("address", "phone", "name").index(row.why))
    groups: dict[tuple[int, ...], str] = {}
    for row in rows:
        groups.setdefault(tuple(row.leads), row.why)
    told = [{"why": why, "leads": list(leads)} for leads, why in groups.items()]
    return Bite(done=len(told), total=len(told), result={"groups": told}, over=True)


def known(session: Session) -> Known:
    """What the last comparison found."""
    of_kind = select(Job).where(Job.kind == KIND).order_by(Job.id.desc()).limit(1)
    running = session.scalars(of_kind.where(Job.due_at.is_not(None))).first()
    last = session.scalars(of_kind.where(Job.status == "done")).first()
    told: list[dict[str, Any]] = last.result["groups"] if last else []
    ids = {lead for group in told for lead in group["leads"]}
    living = {lead.id: lead for lead in session.scalars(select(Lead).where(Lead.id.in_(ids)))} if ids else {}
    groups = [Group(one["why"], [lead for lead in one["leads"] if lead in living]) for one in told]
    groups = [group for group in groups if len(group.leads) > 1]
    return Known(last.ended_at if last else None, running.id if running else None, groups, living)
