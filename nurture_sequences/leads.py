"""Leads as the engine sees them: locked in one order, with just what the documents in hand read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.conditions import Subject
from funnel.crm import consents

#: a lead as its lock read it: id, email, stage, fit and engagement at least
Row: TypeAlias = Any

# Of each row only what the plainest decision needs; a mail tells more of its lead.
_LOCK = "SELECT id, email, stage, fit, engagement FROM leads WHERE {} ORDER BY id FOR NO KEY UPDATE"
_LOCK_THESE = text(_LOCK.format("id = ANY (:ids)"))
_LOCK_FREE = text(_LOCK.format("id = ANY (:ids)") + " SKIP LOCKED")
_OF = "id IN (SELECT lead_id FROM enrollments WHERE id = ANY (:enrollments))"
_LOCK_OF = text(_LOCK.format(_OF))
_LOCK_FREE_OF = text(_LOCK.format(_OF) + " SKIP LOCKED")
_MAILS = """
    SELECT id, email, stage, fit, engagement, demo, zone, locale, tags, fields FROM leads
     WHERE id IN (SELECT lead_id FROM messages WHERE id = ANY (:messages)) ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_OF_MAILS, _LOCK_FREE_OF_MAILS = text(_MAILS), text(_MAILS + " SKIP LOCKED")
_LADDER = text("SELECT key, position FROM stages")
_TOLD = text("SELECT id, tags, fields FROM leads WHERE id = ANY (:ids)")
_FORMS = text("""
    SELECT s.lead_id, f.key, max(s.at) AS at FROM submissions s JOIN forms f ON f.id = s.form_id
     WHERE s.lead_id = ANY (:ids) AND s.outcome = 'accepted' GROUP BY s.lead_id, f.key
""")
_EVENTS = text("SELECT lead_id, kind, at FROM events WHERE lead_id = ANY (:ids) AND kind = ANY (:kinds) ORDER BY at")
#: what conditions may read beyond the row that the lock returned
BEYOND = frozenset({"tags", "fields", "consents", "forms", "events"})


def lock(session: Session, lead_ids: Collection[int], *, skip_locked: bool = False) -> dict[int, Row]:
    """Lock these leads, in the order that every room keeps; or those of them that nobody holds."""
    statement = _LOCK_FREE if skip_locked else _LOCK_THESE
    return {row.id: row for row in session.execute(statement, {"ids": sorted(lead_ids)})}


def lock_of(session: Session, enrollment_ids: Collection[int], *, skip_locked: bool = False) -> dict[int, Row]:
    """Lock the leads of these enrollments, in the order that every room keeps; or those that nobody holds."""
    statement = _LOCK_FREE_OF if skip_locked else _LOCK_OF
    return {row.id: row for row in session.execute(statement, {"enrollments": list(enrollment_ids)})}


def lock_of_mails(session: Session, message_ids: Collection[UUID], *, skip_locked: bool = False) -> dict[int, Row]:
    """The same for the leads of these messages; the rows carry all that a mail may say of its lead."""
    statement = _LOCK_FREE_OF_MAILS if skip_locked else _LOCK_OF_MAILS
    return {row.id: row for row in session.execute(statement, {"messages": list(message_ids)})}


def subjects(
    session: Session, rows: Mapping[int, Any], reads: Collection[str], event_kinds: Collection[str] = ()
) -> dict[int, Subject]:
    """Each locked lead as conditions read it.

    `reads` says what the conditions in hand look at, `event_kinds` of which events they ask the times.
    """
    ladder = {row.key: row.position for row in session.execute(_LADDER)}
    if not BEYOND & set(reads):
        return _alike(rows, ladder)
    ids = list(rows)
    told = {row.id: row for row in session.execute(_TOLD, {"ids": ids})} if {"tags", "fields"} & set(reads) else {}
    granted = consents.state(session, ids) if "consents" in reads else {}
    forms = _forms(session, ids) if "forms" in reads else {}
    events = _events(session, ids, event_kinds) if "events" in reads else {}
    return {
        row.id: Subject(
            stage=row.stage,
            ladder=ladder,
            tags=frozenset(told[row.id].tags) if told else frozenset(),
            fields=told[row.id].fields if told else {},
            fit=row.fit,
            engagement=row.engagement,
            consents=granted.get(row.id, {}),
            forms=forms.get(row.id, {}),
            events=events.get(row.id, {}),
        )
        for row in rows.values()
    }


def _alike(rows: Mapping[int, Any], ladder: Mapping[str, int]) -> dict[int, Subject]:
    """Leads of one stage and score are one subject to those who read nothing else: most of a large batch."""
    made: dict[tuple[str, float, float], Subject] = {}
    found = {}
    for lead_id, row in rows.items():
        key = (row.stage, row.fit, row.engagement)
        if key not in made:
            made[key] = Subject(stage=row.stage, ladder=ladder, fit=row.fit, engagement=row.engagement)
        found[lead_id] = made[key]
    return found


def _forms(session: Session, ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for row in session.execute(_FORMS, {"ids": list(ids)}):
        found[row.lead_id][row.key] = row.at
    return found


def _events(session: Session, ids: Collection[int], kinds: Collection[str]) -> dict[int, dict[str, list[datetime]]]:
    found: dict[int, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for row in session.execute(_EVENTS, {"ids": list(ids), "kinds": list(kinds)}):
        found[row.lead_id][row.kind].append(row.at)
    return found
