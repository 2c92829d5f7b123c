"""Writing facts: one row in the log, and one for reactions to find, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

#: Facts that only tell the story. Nothing reacts to them, so they make no pending fact; unless a segment asks for them.
QUIET = frozenset(
    {
        "ended",
        "enrolled",
        "erased",
        "loop_stopped",
        "merged",
        "message_accepted",
        "message_refused",
        "message_skipped",
        "message_unknown",
    }
)


@dataclass(frozen=True)
class Fact:
    """Something that happened to a lead, at an engine time. `data` never holds an address or a name."""

    kind: str
    lead_id: int
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    cause_id: int | None = None
    depth: int = 0


def inherited(data: Mapping[str, Any]) -> dict[str, Any]:
    """What facts that follow from one with this data carry on: what enrolls nobody does not do so by a detour."""
    return {name: data[name] for name in ("import", "enrolls") if name in data}


_RECORD = text("""
    WITH fact AS (
        INSERT INTO events (kind, lead_id, at, data, cause_id, depth)
        SELECT kind, lead_id, at, data, cause_id, depth
          FROM ROWS FROM (json_to_recordset(:facts) AS
               (kind text, lead_id bigint, at timestamptz, data jsonb, cause_id bigint, depth bigint))
               WITH ORDINALITY AS f (kind, lead_id, at, data, cause_id, depth, n)
         ORDER BY n
        RETURNING id, at, lead_id, kind
    )
    INSERT INTO pending_facts (event_id, at, lead_id)
    SELECT id, at, lead_id FROM fact
     WHERE kind <> ALL (:quiet) OR kind IN (SELECT unnest(wakes) FROM segments)
""")


def record(session: Session, facts: Sequence[Fact]) -> None:
    """Append facts to the log, and tell the database handle to hint at them after the commit.

    The caller holds the lock of each fact's lead, so ids grow in the order of commits per lead.
    """
    if not facts:
        return
    session.execute(_RECORD, {"facts": orjson.dumps(facts).decode(), "quiet": list(QUIET)})
    if any(fact.kind not in QUIET for fact in facts):
        session.info["hint"] = True
