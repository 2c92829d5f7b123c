"""Leads as the engine sees them: locked in one order, with just what the documents in hand read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.conditions import Subject
from funnel.crm import consents

_LOCK = """
    SELECT id, email, stage, fit, engagement, demo, zone, locale,
           CASE WHEN :wide THEN tags END AS tags, CASE WHEN :wide THEN fields END AS fields
      FROM leads WHERE id = ANY (:ids) ORDER BY id FOR NO KEY UPDATE
"""
_LADDER = text("SELECT key, position FROM stages")
_FORMS = text("""
    SELECT s.lead_id, f.key, max(s.at) AS at FROM submissions s JOIN forms f ON f.id = s.form_id
     WHERE s.lead_id = ANY (:ids) AND s.outcome = 'accepted' GROUP BY s.lead_id, f.key
""")
_EVENTS = text("SELECT lead_id, kind, at FROM events WHERE lead_id = ANY (:ids) ORDER BY at")


def lock(session: Session, lead_ids: Collection[int], *, wide: bool, skip_locked: bool = False) -> dict[int, Any]:
    """Lock these leads, in the order that every room keeps; `wide` rows carry tags and fields."""
    statement = text(_LOCK + (" SKIP LOCKED" if skip_locked else ""))
    rows = session.execute(statement, {"ids": sorted(lead_ids), "wide": wide}).all()
    return {row.id: row for row in rows}


def subjects(session: Session, rows: Mapping[int, Any], reads: Collection[str]) -> dict[int, Subject]:
    """Each locked lead as conditions read it. `reads` says what the conditions in hand look at."""
    ids = list(rows)
    ladder = {row.key: row.position for row in session.execute(_LADDER)}
    granted = consents.state(session, ids) if "consents" in reads else {}
    forms: dict[int, dict[str, datetime]] = defaultdict(dict)
    events: dict[int, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    if "forms" in reads:
        for form in session.execute(_FORMS, {"ids": ids}):
            forms[form.lead_id][form.key] = form.at
    if "events" in reads:
        for event in session.execute(_EVENTS, {"ids": ids}):
            events[event.lead_id][event.kind].append(event.at)
    return {
        row.id: Subject(
            stage=row.stage,
            ladder=ladder,
            tags=frozenset(row.tags or ()),
            fields=row.fields or {},
            fit=row.fit,
            engagement=row.engagement,
            consents=granted.get(row.id, {}),
            forms=forms.get(row.id, {}),
            events=events.get(row.id, {}),
        )
        for row in rows.values()
    }
