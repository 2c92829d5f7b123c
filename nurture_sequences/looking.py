"""What a turn of the pulse asks first, in one round trip: is there anything to do, and of what kind?"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from funnel.crm.prepared import Prepared

#: one row; the statement names what it holds
Looked: TypeAlias = Any

# Each statement of a turn probes indexes. A table that has just grown must not be read from end to end because
# nobody has counted it yet.
_PROBE = "SET LOCAL enable_seqscan = off;"
# The question of an idle turn: one round trip, planned once. What is due or held is asked for sequence by sequence (a
# LIMIT keeps the planner from joining it the other way round): millions that wait or are held are not looked at.
_LOOK = Prepared(
    "pulse_look",
    """
    SELECT EXISTS (SELECT 1 FROM pending_facts WHERE failed IS NULL) AS facts,
           ARRAY(SELECT s.id FROM sequences s CROSS JOIN LATERAL (
               SELECT e.due_at FROM enrollments e
                WHERE e.sequence_id = s.id AND e.status = 'active' AND e.due_at <= :now
                ORDER BY e.due_at LIMIT 1) AS due ORDER BY due.due_at) AS sequences,
           ARRAY(SELECT ARRAY[v.id, v.sequence_id] FROM versions v CROSS JOIN LATERAL (
               SELECT m.due_at FROM messages m
                WHERE m.version_id = v.id AND m.purpose = 'marketing' AND m.status IN ('queued', 'unknown')
                  AND m.due_at <= :now
                ORDER BY m.due_at LIMIT 1) AS due ORDER BY due.due_at) AS mails,
           EXISTS (SELECT 1 FROM messages
                    WHERE purpose = 'service' AND status IN ('queued', 'unknown') AND due_at <= :now) AS awaited,
           EXISTS (SELECT 1 FROM lead_clocks WHERE due_at <= :now) AS reviews,
           ARRAY(SELECT id FROM jobs WHERE due_at <= :wall ORDER BY due_at LIMIT 10) AS jobs,
           EXISTS (SELECT 1 FROM rules_versions WHERE swept_to IS NOT NULL) AS swept,
           EXISTS (SELECT 1 FROM messages WHERE status = 'sending' AND send_by < :lost) AS lost,
           EXISTS (SELECT 1 FROM sequences s CROSS JOIN LATERAL (
                       SELECT 1 FROM enrollments e
                        WHERE e.sequence_id = s.id AND e.held = 'paused' AND e.status = 'active' LIMIT 1) AS held
                    WHERE s.status = 'live') AS resumed,
           (SELECT sending_held IS NULL FROM installation) AS open,
           EXISTS (SELECT 1 FROM messages WHERE held = 'sending held') AS kept,
           EXISTS (SELECT 1 FROM sequences s JOIN versions v ON v.sequence_id = s.id CROSS JOIN LATERAL (
                       SELECT 1 FROM messages m WHERE m.held = 'paused' AND m.version_id = v.id LIMIT 1) AS held
                    WHERE s.status <> 'paused') AS unpaused,
           (SELECT coalesce(jsonb_object_agg(actor, n), '{}') FROM (
               SELECT actor, count(*) AS n FROM handouts WHERE scope = :scope AND deadline > :wall GROUP BY actor
           ) AS outstanding) AS outstanding
""",
    {"now": "timestamptz", "wall": "timestamptz", "lost": "timestamptz"},
    first=_PROBE,
)


def look(session: Session, scope: str, now: datetime, wall: datetime, lost: datetime) -> Looked:
    """Costs less than a millisecond when nothing is due, whatever waits.

    `now` is engine time. Mails whose time to be posted ended before `lost` (wall time, as `wall` is) are in doubt;
    `scope` says whose chunks count as outstanding.
    """
    asked = {"now": now, "wall": wall, "lost": lost, "scope": scope}
    return _LOOK.execute(session.connection(), asked).one()
