"""Leads as conditions read them, with just what the conditions in hand look at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.conditions import Subject, parse_duration, registry
from funnel.crm import consents, subject_rows
from funnel.decay import Decay

# The ladder, and the half-lives that were published: two small tables in one trip.
_LADDER = text("""
    SELECT key, position, NULL AS published_at, NULL AS half_life FROM stages
     UNION ALL
    SELECT NULL, number, published_at, document ->> 'half_life' FROM rules_versions WHERE kind = 'scoring'
     ORDER BY position
""")
_TOLD = text("SELECT id, tags, fields, created_at FROM leads WHERE id = ANY (:ids)")
#: what is in the lead's row, and not in what its lock reads
OWN = frozenset({"tags", "fields", "created"})
#: what conditions may read beyond stage and score
BEYOND = OWN | {"consents", "forms", "answers", "events", "touches", "sequences", "segments"}


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
    told = {row.id: row for row in session.execute(_TOLD, {"ids": ids})} if OWN & set(reads) else {}
    rooms = {room: load(session, ids) for room, load in _LOADERS.items() if room in reads}
    if "events" in reads:
        rooms["events"] = subject_rows.events(session, ids, event_kinds)
    return {
        row.id: Subject(
            stage=row.stage,
            ladder=ladder,
            fit=row.fit,
            engagement=row.engagement,
            engaged_at=row.engaged_at,
            decay=decay,
            **(_own(told[row.id]) if told else {}),
            **{room: found[row.id] for room, found in rooms.items() if row.id in found},
        )
        for row in rows.values()
    }


_LOADERS: dict[str, Callable[[Session, Collection[int]], Mapping[int, Any]]] = {
    "consents": consents.state,
    "forms": subject_rows.forms,
    "answers": subject_rows.answers,
    "touches": subject_rows.touches,
    "sequences": lambda session, ids: registry.sequences().load(session, ids),
    "segments": subject_rows.segments,
}


def _own(row: Any) -> dict[str, Any]:
    return {"tags": frozenset(row.tags), "fields": row.fields, "created_at": row.created_at}


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
