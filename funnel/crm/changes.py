"""The change feed: every fact once, without gaps, those of one lead in their order; whoever writes meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.feed import NOTHING, Cursor, Snapshot

#: facts looked at for one page when only some kinds are wanted
SCANNED = 5_000

#: id, at, kind, lead_id, data
Row: TypeAlias = Any

_LOG = text("""
    SELECT i.id, i.log_cluster, i.log_restored_to, pg_current_snapshot()::text AS snapshot,
           (SELECT system_identifier::text FROM pg_control_system()) AS cluster,
           EXISTS (SELECT FROM events WHERE id = :fact AND at = :at) AS known
      FROM installation i
""")
_LOCK = text("LOCK TABLE events IN SHARE MODE")
_SETTLE = text("""
    UPDATE installation SET log_cluster = :cluster, log_restored_to = (SELECT coalesce(max(id), 0) FROM events)
     WHERE log_cluster IS DISTINCT FROM :cluster
""")
_LAST = text(
    "SELECT id, at FROM events WHERE id <= :restored OR pg_visible_in_snapshot(transaction_id, :until)"
    " ORDER BY id DESC LIMIT 1"
)
# What became visible in between, found by transaction; the fence keeps the planner from walking the whole log by id.
_BEGUN = """
    WITH stretch AS MATERIALIZED (
        SELECT id, at, kind, lead_id, data FROM events
         WHERE (transaction_id >= CAST(:since_end AS xid8) AND transaction_id < CAST(:until_end AS xid8)
                OR transaction_id = ANY (CAST(:since_running AS xid8[])))
           AND id > :restored AND pg_visible_in_snapshot(transaction_id, :until)
    ), scanned AS MATERIALIZED (SELECT * FROM stretch ORDER BY id LIMIT :scan)
"""
_GONE_ON = """
    WITH scanned AS MATERIALIZED (
        SELECT id, at, kind, lead_id, data FROM events
         WHERE id > :fact AND pg_visible_in_snapshot(transaction_id, :until)
           AND NOT pg_visible_in_snapshot(transaction_id, :since) AND id > :restored
         ORDER BY id LIMIT :scan
    )
"""
# From the very first fact: what was restored from another cluster bears transaction ids of that one.
_FIRST = """
    WITH scanned AS MATERIALIZED (
        SELECT id, at, kind, lead_id, data FROM events
         WHERE id > :fact AND (id <= :restored OR pg_visible_in_snapshot(transaction_id, :until))
         ORDER BY id LIMIT :scan
    )
"""
_WANTED = """
    SELECT *, (:kinds IS NULL OR kind = ANY (CAST(:kinds AS text[]))) AS wanted,
           (SELECT count(*) FROM scanned) AS scanned
      FROM scanned
     WHERE :kinds IS NULL OR kind = ANY (CAST(:kinds AS text[])) OR id = (SELECT max(id) FROM scanned) ORDER BY id
"""
_READ = {name: text(read + _WANTED) for name, read in (("begun", _BEGUN), ("on", _GONE_ON), ("first", _FIRST))}


class GoneError(Exception):
    """The log that a cursor stands in is not this one any more: another cluster, or a backup older than the cursor."""


@dataclass(frozen=True)
class Changes:
    #: in the order to apply them
    facts: Sequence[Row]
    #: where to read on; there always is one
    next: Cursor
    #: there are more already
    more: bool


@dataclass(frozen=True)
class _Log:
    name: str
    restored: int
    now: Snapshot


def page(session: Session, cursor: Cursor | None, limit: int, kinds: Collection[str] = ()) -> Changes:
    """The next `limit` facts after `cursor` (None: from the first fact on), of these kinds (none: of all).

    A transaction that is open elsewhere holds nothing back: its facts come when it is committed. Raises GoneError.
    """
    log = _log(session, cursor)
    cursor = cursor or Cursor(log.name, NOTHING)
    until = cursor.reading or log.now
    scan = SCANNED if kinds else limit
    rows = session.execute(_READ[_way(cursor)], _asked(cursor, until, log, scan) | {"kinds": list(kinds) or None}).all()
    facts = [row for row in rows if row.wanted]
    if len(facts) > limit or (rows and rows[0].scanned == scan):
        facts, last = facts[:limit], facts[limit - 1] if len(facts) > limit else rows[-1]
        return Changes(facts, cursor.read_on(until, last.id, last.at), more=True)
    if rows:
        cursor = cursor.read_on(until, rows[-1].id, rows[-1].at)
    return Changes(facts, cursor.read_up(until), more=False)


def latest(session: Session) -> Cursor:
    """Where only what comes from now on is read."""
    log = _log(session, None)
    cursor = Cursor(log.name, log.now)
    last = session.execute(_LAST, {"restored": log.restored, "until": str(log.now)}).first()
    return Cursor(log.name, log.now, None, last.id, last.at) if last else cursor


def _way(cursor: Cursor) -> str:
    if cursor.seen == NOTHING:
        return "first"
    return "on" if cursor.reading else "begun"


def _asked(cursor: Cursor, until: Snapshot, log: _Log, scan: int) -> dict[str, Any]:
    return {
        "fact": cursor.fact,
        "since": str(cursor.seen),
        "since_end": str(cursor.seen.end),
        "since_running": [str(each) for each in cursor.seen.running],
        "until": str(until),
        "until_end": str(until.end),
        "restored": log.restored,
        "scan": scan,
    }


def _log(session: Session, cursor: Cursor | None) -> _Log:
    """What the log is called here and now. Raises GoneError when the cursor is one of another."""
    asked = {"fact": cursor.fact if cursor else 0, "at": cursor.at if cursor else None}
    row = session.execute(_LOG, asked).one()
    if row.log_cluster != row.cluster:
        row = _settled(session, row.cluster, asked)
    log = _Log(_name(row), row.log_restored_to, Snapshot.parse(row.snapshot))
    if cursor:
        newest = cursor.reading or cursor.seen
        if cursor.log != log.name or newest.end > log.now.end or (cursor.fact and not row.known):
            raise GoneError
    return log


def _settled(session: Session, cluster: str, asked: dict[str, Any]) -> Row:
    """The first look at a log that was restored into this cluster: whatever is in it now is old.

    Its transaction ids mean nothing here, and those of what is written from now on begin lower. Nobody writes while the
    line between them is drawn.
    """
    session.execute(_LOCK)
    session.execute(_SETTLE, {"cluster": cluster})
    return session.execute(_LOG, asked).one()


def _name(row: Row) -> str:
    """Short, and different for every installation and every cluster that it was restored into."""
    return hashlib.sha256(f"{row.id}/{row.log_cluster}/{row.log_restored_to}".encode()).hexdigest()[:12]
