"""The facts of an import: one for each lead it touched, and one for each tag and stage.

They are written in bulk and followed slowly. A million of them at once would keep reactions from everybody else for
minutes. So they go into the log with their leads, and into the queue of reactions later, a few at a time, whenever that
queue is short.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm.imports.writing import Written
from funnel.models import Import

#: what is told of leads; that mail to them stops goes into the queue at once
FOLLOWED = ("lead_created", "fields_changed", "consented", "tagged", "untagged", "stage_changed")
#: facts put into the queue at a time, and how long the queue may be then
AT_ONCE = 2_000

_CREATED = text("""
    INSERT INTO events (kind, lead_id, at, data)
    SELECT 'lead_created', lead_id, :now, CAST(:mark AS jsonb) FROM import_batch WHERE is_new ORDER BY lead_id
""")
_OF_NEW = text("""
    INSERT INTO events (kind, lead_id, at, data)
    SELECT told.kind, lead.id, :now, CAST(:mark AS jsonb) || told.data
      FROM import_batch batch JOIN leads lead ON lead.id = batch.lead_id CROSS JOIN LATERAL (
           SELECT 'tagged' AS kind, jsonb_build_object('tag', tag) AS data FROM unnest(lead.tags) AS tag
            UNION ALL
           SELECT 'stage_changed', jsonb_build_object('from', 'subscriber', 'to', lead.stage, 'reason', 'import')
            WHERE lead.stage <> 'subscriber') AS told
     WHERE batch.is_new AND (batch.stage <> 'subscriber' OR batch.tags <> '{}')
     ORDER BY lead.id
""")
_MANY = text("""
    INSERT INTO events (kind, lead_id, at, data)
    SELECT kind, lead_id, :now, data FROM json_to_recordset(:facts) AS f (kind text, lead_id bigint, data jsonb)
""")
_LAST = text("SELECT coalesce(max(id), 0) FROM events")
_WAITING = text("""
    SELECT count(*) FROM (SELECT FROM pending_facts WHERE failed IS NULL LIMIT :limit) AS waiting
""")
_FOLLOW = text("""
    WITH told AS MATERIALIZED (
        SELECT id, at, lead_id FROM events
         WHERE id > :after AND CAST(data->>'import' AS bigint) = :import
           AND kind = ANY (:kinds)
         ORDER BY id LIMIT :limit
    ), waiting AS (
        INSERT INTO pending_facts (event_id, at, lead_id) SELECT id, at, lead_id FROM told ON CONFLICT DO NOTHING
    )
    SELECT count(*) AS n, max(id) AS last FROM told
""")


def tell(session: Session, one: Import, written: Written, consented: Sequence[int], now: datetime) -> None:
    """Write the facts of the leads that were gathered and of which something is new; the caller holds their locks."""
    mark = {"import": one.id, "by": f"import {one.id}"} | ({} if one.may_enter else {"enrolls": False})
    asked = {"mark": orjson.dumps(mark).decode(), "now": now}
    if written.new:
        session.execute(_CREATED, asked)
        session.execute(_OF_NEW, asked)
    told = [{**fact, "data": mark | fact["data"]} for row in written.changed for fact in _of_changed(row)]
    told += [
        {"kind": "consented", "lead_id": lead_id, "data": mark}
        for lead_id in sorted(set(consented).difference(written.new))
    ]
    if told:
        session.execute(_MANY, {"facts": orjson.dumps(told).decode(), "now": now})


def _of_changed(row: Any) -> list[dict[str, Any]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if row.keys or row.columns:
        found.append(("fields_changed", {"keys": row.keys, "columns": row.columns}))
    found += [("tagged", {"tag": tag}) for tag in row.added] + [("untagged", {"tag": tag}) for tag in row.removed]
    if row.stage != row.new_stage:
        found.append(("stage_changed", {"from": row.stage, "to": row.new_stage, "reason": "import"}))
    return [{"kind": kind, "lead_id": row.id, "data": data} for kind, data in found]


def last_fact(session: Session) -> int:
    """The newest fact there is; those that an import is about to write come after it."""
    return int(session.scalar(_LAST) or 0)


def queue_is_short(session: Session) -> bool:
    """Whether reactions would not keep others waiting for these."""
    return int(session.scalar(_WAITING, {"limit": AT_ONCE}) or 0) < AT_ONCE


def follow(session: Session, import_id: int, after: int) -> tuple[int, int | None]:
    """Put the next facts of this import behind `after` into the queue of reactions; how many, and the last of them.

    One job writes an import's facts, bite after bite, so those before the last that can be seen can all be seen.
    """
    row = session.execute(
        _FOLLOW, {"import": import_id, "after": after, "limit": AT_ONCE, "kinds": list(FOLLOWED)}
    ).one()
    session.info["hint"] = True
    return row.n, row.last
