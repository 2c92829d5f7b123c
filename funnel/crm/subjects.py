"""Leads as conditions read them, with just what the conditions in hand look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.conditions import Subject, parse_duration
from funnel.crm import consents
from funnel.decay import Decay

# The ladder, and the half-lives that were published: two small tables in one trip.
_LADDER = text("""
    SELECT key, position, NULL AS published_at, NULL AS half_life FROM stages
     UNION ALL
    SELECT NULL, number, published_at, document ->> 'half_life' FROM rules_versions WHERE kind = 'scoring'
     ORDER BY position
""")
_TOLD = text("SELECT id, tags, fields FROM leads WHERE id = ANY (:ids)")
_FORMS = text("""
    SELECT s.lead_id, f.key, max(s.at) AS at FROM submissions s JOIN forms f ON f.id = s.form_id
     WHERE s.lead_id = ANY (:ids) AND s.outcome = 'accepted' GROUP BY s.lead_id, f.key
""")
_EVENTS = text("SELECT lead_id, kind, at FROM events WHERE lead_id = ANY (:ids) AND kind = ANY (:kinds) ORDER BY at")
#: what conditions may read beyond the lead's own row
BEYOND = frozenset({"tags", "fields", "consents", "forms", "events"})


def ladder_and_decay(session: Session) -> tuple[dict[str, int], Decay]:
    """The position of each stage, and how engagement fades."""
    rows = session.execute(_LADDER).all()
    ladder = {row.key: row.position for row in rows if row.key is not None}
    return ladder, Decay.of([(row.published_at, parse_duration(row.half_life)) for row in rows if row.key is None])


def subjects(
    session: Session, rows: Mapping[int, Any], reads: Collection[str], event_kinds: Collection[str] = ()
) -> dict[int, Subject]:
    """Each of these leads as conditions read it; a row has id, stage, fit, engagement and engaged_at.

    `reads` says what the conditions in hand look at, `event_kinds` of which events they ask the times.
    """
    ladder, decay = ladder_and_decay(session)
    if not BEYOND & set(reads):
        return _alike(rows, ladder, decay)
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
            engaged_at=row.engaged_at,
            decay=decay,
            consents=granted.get(row.id, {}),
            forms=forms.get(row.id, {}),
            events=events.get(row.id, {}),
        )
        for row in rows.values()
    }


def _alike(rows: Mapping[int, Any], ladder: Mapping[str, int], decay: Decay) -> dict[int, Subject]:
    """Leads of one stage and score are one subject to those who read nothing else: most of a large batch."""
    made: dict[tuple[Any, ...], Subject] = {}
    found = {}
    for lead_id, row in rows.items():
        key = (row.stage, row.fit, row.engagement, row.engaged_at)
        if key not in made:
            made[key] = Subject(
                row.stage, ladder, fit=row.fit, engagement=row.engagement, engaged_at=row.engaged_at, decay=decay
            )
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
