"""How long personal data is kept: the policy, and whom and what it says to forget.

The time of a lead counts from the last contact that came from it. The log of facts knows that, so nothing is kept up
for it: a form post costs what it cost, and an old lead is asked about when the policy runs.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from funnel.crm import jobs
from funnel.models import Job, Retention

#: What counts as a contact from the lead. Opening a mail does not: machines do it. Nor does leaving.
CONTACTS = ("form_submitted", "confirmed", "message_clicked", "replied", "converted", "contacted")
#: the kinds of jobs: counting what would go, and letting it go
PREVIEW, RUN = "retention_preview", "retention"
#: real time between two runs
EVERY = timedelta(days=1)


class StalePolicyError(Exception):
    """The policy was changed since it was read."""


@dataclass(frozen=True)
class Due:
    """A lead whose time is over, since when (engine time), and by which part of the policy."""

    lead_id: int
    last_contact_at: datetime | None
    why: str


def read(session: Session) -> Retention:
    """The policy as it stands."""
    return session.execute(select(Retention).execution_options(populate_existing=True)).scalar_one()


def change(session: Session, parts: Mapping[str, Any]) -> Retention:
    """Another policy. It deletes nothing before somebody has confirmed it anew."""
    changed = {**parts, "revision": Retention.revision + 1, "confirmed_at": None, "confirmed_by": None}
    session.execute(update(Retention).values(changed))
    return read(session)


def confirm(session: Session, revision: int, by: str, wall: datetime) -> Retention:
    """From now on this policy deletes, once a day. Raises StalePolicyError when it is not the one that was seen."""
    yes = (
        update(Retention)
        .where(Retention.revision == revision)
        .values(confirmed_at=wall, confirmed_by=by, asked_at=None)
    )
    if session.execute(yes.returning(Retention.revision)).first() is None:
        raise StalePolicyError
    return read(session)


def preview(session: Session, by: str, wall: datetime) -> Job:
    """Ask for a count of what the policy would delete now; a job, since it looks at every old lead."""
    return jobs.ask(session, PREVIEW, {"revision": read(session).revision}, by, wall)


def ask_daily(session: Session, wall: datetime) -> Job | None:
    """Ask for a run when the last one was a day ago; of two who ask at once one does."""
    due = update(Retention).where(
        Retention.confirmed_at.is_not(None), (Retention.asked_at.is_(None)) | (Retention.asked_at < wall - EVERY)
    )
    asked = session.execute(due.values(asked_at=wall).returning(Retention.revision)).first()
    return jobs.ask(session, RUN, {"revision": asked.revision}, "system", wall) if asked else None


# Each lead is looked up in the log by its own key: a million leads are many stretches, and not one long look.
_DUE = text("""
    WITH old AS (
        SELECT id, created_at, stage FROM leads WHERE id > :after ORDER BY id LIMIT :limit
    ), judged AS (
        SELECT old.id, CASE
               WHEN old.created_at < :kept_since AND old.stage <> ALL (:except) AND NOT EXISTS (
                    SELECT FROM events WHERE lead_id = old.id AND at >= :kept_since AND kind = ANY (:contacts))
               THEN 'no_contact'
               WHEN old.created_at < :asked_since AND EXISTS (
                    SELECT FROM consents WHERE lead_id = old.id AND action = 'pending') AND NOT EXISTS (
                    SELECT FROM consents WHERE lead_id = old.id AND action <> 'pending') AND NOT EXISTS (
                    SELECT FROM events WHERE lead_id = old.id AND kind = ANY (:contacts)
                       AND (kind <> 'form_submitted' OR at >= :asked_since))
               THEN 'unconfirmed' END AS why
          FROM old
    )
    SELECT id, why, (SELECT max(id) FROM old) AS last, CASE WHEN why IS NOT NULL THEN (
           SELECT max(at) FROM events WHERE lead_id = judged.id AND kind = ANY (:contacts)) END AS last_contact_at
      FROM judged ORDER BY id
""")
NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def due(
    session: Session, policy: Retention, now: datetime, *, after: int, limit: int
) -> tuple[Sequence[Due], int | None]:
    """Which of the next `limit` leads behind this number are to be forgotten at `now` (engine time), and the last
    number that was looked at: None when there are no more."""
    values = {
        "after": after,
        "limit": limit,
        "contacts": list(CONTACTS),
        "except": list(policy.except_stages),
        "kept_since": months_before(now, policy.leads_months),
        "asked_since": days_before(now, policy.unconfirmed_days),
    }
    rows = session.execute(_DUE, values).all()
    found = [Due(row.id, row.last_contact_at, row.why) for row in rows if row.why]
    return found, rows[-1].id if rows else None


#: whole tables of which rows go by their age, with the condition that finds them
_ROWS = {
    "spam": "submissions WHERE outcome = 'spam' AND lead_id IS NULL AND at < :before",
    "audit": "audit WHERE at < :before",
}


def count_rows(session: Session, policy: Retention, now: datetime, wall: datetime) -> dict[str, int]:
    """How many fillings held as spam, and how many entries of the audit log are past their time."""
    limits = _limits(policy, now, wall)
    return {
        name: session.scalar(text(f"SELECT count(*) FROM {rows}"), {"before": limits[name]}) or 0
        for name, rows in _ROWS.items()
    }


def forget_rows(session: Session, policy: Retention, now: datetime, wall: datetime, limit: int) -> dict[str, int]:
    """Delete up to `limit` of each; how many that were. All zero when nothing is left."""
    limits, counts = _limits(policy, now, wall), {}
    for name, rows in _ROWS.items():
        some = f"DELETE FROM {rows.split()[0]} WHERE id IN (SELECT id FROM {rows} LIMIT :limit)"
        gone: Any = session.execute(text(some), {"before": limits[name], "limit": limit})
        counts[name] = gone.rowcount
    return counts


def _limits(policy: Retention, now: datetime, wall: datetime) -> dict[str, datetime]:
    return {"spam": days_before(now, policy.spam_days), "audit": months_before(wall, policy.audit_months)}


def months_before(now: datetime, months: int | None) -> datetime:
    """Pure: so many calendar months earlier, on the last day of a shorter month; long ago when it is for ever."""
    if months is None:
        return NEVER
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    return now.replace(year=year, month=month + 1, day=min(now.day, last))


def days_before(now: datetime, days: int | None) -> datetime:
    """Pure: so many days earlier; long ago when it is for ever."""
    return NEVER if days is None else now - timedelta(days=days)
