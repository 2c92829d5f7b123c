"""The ledger of points, the values that follow, and the leads' clocks: read and written batch by batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from funnel.scoring import Entry, Rules, Value


@dataclass
class Before:
    """What a lead's ledger says that new entries depend on."""

    #: what rules of what holds have given and not taken back, by rule and axis
    lasting: dict[tuple[str, str], int] = field(default_factory=dict)
    #: time, rule and points of what capped rules gave lately, in the order of time
    capped: list[tuple[datetime, str, int]] = field(default_factory=list)


# Each part is at most some rows of a lead: one for each rule of what holds, and what capped rules gave lately.
_READ = text("""
    SELECT lead_id, rule, axis, CAST(sum(points) AS bigint) AS points, NULL AS at
      FROM score_entries WHERE lead_id = ANY (:leads) AND lasting GROUP BY lead_id, rule, axis HAVING sum(points) <> 0
     UNION ALL
    SELECT lead_id, rule, axis, points, at FROM score_entries
     WHERE lead_id = ANY (:leads) AND rule = ANY (:capped) AND at > :since AND NOT lasting
     ORDER BY at
""")
_APPEND = text("""
    INSERT INTO score_entries (lead_id, at, rule, event_id, version, axis, points, lasting)
    SELECT lead_id, at, rule, event_id, version, axis, points, lasting
      FROM json_to_recordset(:rows) AS w (lead_id bigint, at timestamptz, rule text, event_id bigint, version bigint,
           axis text, points bigint, lasting boolean)
        ON CONFLICT DO NOTHING
    RETURNING lead_id, at, rule, event_id
""")
_STORE = text("""
    UPDATE leads SET fit = w.fit, engagement = w.engagement, engaged_at = w.engaged_at, updated_at = :now
      FROM json_to_recordset(:rows) AS w (id bigint, fit float8, engagement float8, engaged_at timestamptz)
     WHERE leads.id = w.id
""")
_MOVE = text("""
    UPDATE leads SET stage = w.stage, stage_since = :now, stage_held_until = NULL, updated_at = :now
      FROM json_to_recordset(:rows) AS w (id bigint, stage text) WHERE leads.id = w.id
""")
# A clock that would ring before it need be is left: whoever is woken early sets it again. It is looked for first,
# because a conflict locks the row, which costs as much as writing it.
_SET_EARLIER = text("""
    INSERT INTO lead_clocks AS c (lead_id, due_at)
    SELECT lead_id, due_at FROM json_to_recordset(:rows) AS w (lead_id bigint, due_at timestamptz)
     WHERE NOT EXISTS (SELECT FROM lead_clocks k WHERE k.lead_id = w.lead_id AND k.due_at <= w.due_at)
     ORDER BY lead_id
        ON CONFLICT (lead_id) DO UPDATE SET due_at = excluded.due_at WHERE c.due_at > excluded.due_at
""")
_CLOCKS = text("SELECT lead_id, due_at FROM lead_clocks WHERE lead_id = ANY (:leads)")
# Somebody may have asked for another look meanwhile, as a sweep does that holds no lead: what it set stays.
_REPLACE = text("""
    UPDATE lead_clocks c SET due_at = w.due_at
      FROM json_to_recordset(:rows) AS w (lead_id bigint, seen timestamptz, due_at timestamptz)
     WHERE c.lead_id = w.lead_id AND c.due_at = w.seen
""")
_DROP_SEEN = text("""
    DELETE FROM lead_clocks c USING json_to_recordset(:rows) AS w (lead_id bigint, seen timestamptz)
     WHERE c.lead_id = w.lead_id AND c.due_at = w.seen
""")
_DROP = text("DELETE FROM lead_clocks WHERE lead_id = ANY (:leads)")
_ORPHANS = text("""
    DELETE FROM lead_clocks c WHERE lead_id = ANY (:leads) AND NOT EXISTS (SELECT FROM leads WHERE leads.id = c.lead_id)
""")


def read(session: Session, rules: Rules, lead_ids: Collection[int], oldest: datetime) -> Mapping[int, Before]:
    """What the ledgers of these leads say so far; `oldest` is the time of the oldest fact to be read."""
    caps = {rule.key: rule.at_most.per for some in rules.listening.values() for rule in some if rule.at_most}
    since = oldest - max(caps.values()) if caps else oldest
    found: dict[int, Before] = defaultdict(Before)
    for row in session.execute(_READ, {"leads": list(lead_ids), "capped": list(caps), "since": since}):
        if row.at is None:
            found[row.lead_id].lasting[row.rule, row.axis] = row.points
        else:
            found[row.lead_id].capped.append((row.at, row.rule, row.points))
    return found


def append(session: Session, entries: Mapping[int, Sequence[Entry]]) -> dict[int, list[Entry]]:
    """Write entries, and answer those that were not there yet: a fact read twice gives nothing twice."""
    rows = [{"lead_id": lead_id} | entry._asdict() for lead_id, some in entries.items() for entry in some]
    if not rows:
        return {}
    written = {(row.lead_id, row.at, row.rule, row.event_id) for row in _execute(session, _APPEND, rows)}
    new: dict[int, list[Entry]] = {}
    for lead_id, some in entries.items():
        if kept := [one for one in some if (lead_id, one.at, one.rule, one.event_id) in written]:
            new[lead_id] = kept
    return new


def store(session: Session, values: Mapping[int, Value], now: datetime) -> None:
    """The scores that follow from new entries; the caller holds the leads' locks."""
    rows = [{"id": lead_id} | value._asdict() for lead_id, value in values.items()]
    if rows:
        _execute(session, _STORE, rows, now=now)


def move(session: Session, stages: Mapping[int, str], now: datetime) -> None:
    """Put leads on other rungs; what a person held there is over."""
    rows = [{"id": lead_id, "stage": stage} for lead_id, stage in stages.items()]
    if rows:
        _execute(session, _MOVE, rows, now=now)


def set_earlier(session: Session, clocks: Mapping[int, datetime | None]) -> None:
    """Ring at these times, unless a clock rings earlier anyhow."""
    rows = [{"lead_id": lead_id, "due_at": at} for lead_id, at in clocks.items() if at]
    if rows:
        _execute(session, _SET_EARLIER, rows)


def clocks(session: Session, lead_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these leads is to be looked at; to be asked before the look whose outcome `replace` writes."""
    rows = session.execute(_CLOCKS, {"leads": list(lead_ids)})
    return {row.lead_id: row.due_at for row in rows}


def replace(session: Session, seen: Mapping[int, datetime], clocks: Mapping[int, datetime | None]) -> None:
    """Ring at these times, or no more, instead of when the clocks stood that were `seen` before the look.

    A clock that somebody set meanwhile stays, unless the new one is earlier: it asks for a look at something that this
    look may not have known.
    """
    rows = [{"lead_id": lead_id, "seen": at, "due_at": clocks[lead_id]} for lead_id, at in seen.items()]
    if later := [row for row in rows if row["due_at"]]:
        _execute(session, _REPLACE, later)
    if never := [row for row in rows if not row["due_at"]]:
        _execute(session, _DROP_SEEN, never)
    set_earlier(session, clocks)


def drop_clocks(session: Session, lead_ids: Collection[int]) -> None:
    """Time alone changes nothing about these leads, or nothing that could be looked at."""
    if lead_ids:
        session.execute(_DROP, {"leads": list(lead_ids)})


def drop_orphans(session: Session, lead_ids: Collection[int]) -> None:
    """Those of these leads that are no more need no clock."""
    if lead_ids:
        session.execute(_ORPHANS, {"leads": list(lead_ids)})


def _execute(session: Session, statement: TextClause, rows: Sequence[dict[str, Any]], **parameters: object) -> Any:
    return session.execute(statement, {"rows": orjson.dumps(rows).decode(), **parameters})
