"""One turn: hand out what is due, no more than the workers will soon take. `run` repeats it until the stop.

Handing a row out sets its clock a hand-out's time on, in the same statement: work that is lost rings again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from funnel.crm import partitions
from funnel.crm.prepared import Prepared
from nurture_sequences import enrolling, settling, shares
from nurture_sequences.actors import Actors
from nurture_sequences.engine import Engine
from nurture_sequences.listener import Listener

log = logging.getLogger(__name__)

#: ids in one chunk of work
STEPS_IN_CHUNK = 500
MAILS_IN_CHUNK = 200
#: rows given their clocks back in one turn when a sequence, or sending, resumes; and how far apart they ring
RESUMED_IN_TURN = 500
RESUMED_APART = timedelta(milliseconds=2)
#: leads looked at again in one chunk of work; and given their clocks for that in one turn, once rules are published
LEADS_IN_CHUNK = 500
SWEPT_IN_TURN = 1000
#: how often housekeeping is done (wall seconds)
HOUSEKEEPING_SECONDS = 10.0

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
# Of each sequence its share, by one probe each; the fence keeps the planner from running the subquery twice.
_STEPS = text("""
    WITH due AS MATERIALIZED (
        SELECT d.id FROM json_to_recordset(:shares) AS s (source bigint, share bigint) CROSS JOIN LATERAL (
            SELECT e.id FROM enrollments e
             WHERE e.sequence_id = s.source AND e.status = 'active' AND e.due_at <= :now
             ORDER BY e.due_at LIMIT s.share FOR UPDATE SKIP LOCKED) AS d
         LIMIT :limit
    )
    UPDATE enrollments e SET due_at = :ring FROM due WHERE e.id = due.id
    RETURNING e.id, e.lead_id, e.sequence_id AS source
""")
# Somebody waits for a confirmation at a screen: it does not queue behind a campaign.
_AWAITED = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM messages WHERE purpose = 'service' AND status IN ('queued', 'unknown') AND due_at <= :now
         ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE messages m SET due_at = :ring FROM due WHERE m.id = due.id
    RETURNING m.id, m.lead_id, m.status, m.version_id, m.purpose
""")
_MAILS = text("""
    WITH due AS MATERIALIZED (
        SELECT d.id FROM json_to_recordset(:shares) AS v (source bigint, share bigint) CROSS JOIN LATERAL (
            SELECT m.id FROM messages m
             WHERE m.version_id = v.source AND m.purpose = 'marketing' AND m.status IN ('queued', 'unknown')
               AND m.due_at <= :now
             ORDER BY m.due_at LIMIT v.share FOR UPDATE SKIP LOCKED) AS d
         LIMIT :limit
    )
    UPDATE messages m SET due_at = :ring FROM due WHERE m.id = due.id
    RETURNING m.id, m.lead_id, m.status, m.version_id, m.purpose, m.version_id AS source
""")
_REVIEWS = text("""
    WITH due AS MATERIALIZED (
        SELECT lead_id FROM lead_clocks WHERE due_at <= :now ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE lead_clocks c SET due_at = :ring FROM due WHERE c.lead_id = due.lead_id RETURNING c.lead_id
""")
# New rules were published: the next leads in the order of their ids are looked at again, until all have been.
_SWEEP = text("""
    WITH rules AS MATERIALIZED (
        SELECT kind, number, swept_to FROM rules_versions WHERE swept_to IS NOT NULL
         ORDER BY kind, number LIMIT 1 FOR UPDATE SKIP LOCKED
    ), next AS MATERIALIZED (
        SELECT id FROM leads WHERE id > (SELECT swept_to FROM rules) ORDER BY id LIMIT :limit
    ), rung AS (
        INSERT INTO lead_clocks AS c (lead_id, due_at) SELECT id, :now FROM next
            ON CONFLICT (lead_id) DO UPDATE SET due_at = least(c.due_at, excluded.due_at)
    )
    UPDATE rules_versions v SET swept_to = (SELECT max(id) FROM next)
      FROM rules WHERE v.kind = rules.kind AND v.number = rules.number
""")
_HANDED = text("""
    INSERT INTO handouts (id, scope, actor, size, deadline)
    SELECT id, :scope, actor, size, :deadline FROM json_to_recordset(:rows) AS w (id uuid, actor text, size bigint)
""")
_RESUMED_MAILS = text("""
    WITH unpaused AS MATERIALIZED (
        SELECT held.id FROM sequences s JOIN versions v ON v.sequence_id = s.id CROSS JOIN LATERAL (
            SELECT m.id FROM messages m
             WHERE m.held = 'paused' AND m.version_id = v.id AND m.status = 'queued'
             LIMIT :limit FOR UPDATE SKIP LOCKED) AS held
         WHERE s.status <> 'paused' LIMIT :limit
    ), opened AS MATERIALIZED (
        SELECT id FROM messages WHERE held = 'sending held' AND status = 'queued' AND :open
         LIMIT :limit FOR UPDATE SKIP LOCKED
    ), resumed AS (
        SELECT id, row_number() OVER () AS n FROM (SELECT id FROM unpaused UNION ALL SELECT id FROM opened) AS free
    )
    UPDATE messages m SET held = NULL, due_at = :now + resumed.n * CAST(:spread AS interval)
      FROM resumed WHERE m.id = resumed.id
""")
_EXPIRED = text("DELETE FROM handouts WHERE deadline < :wall")
_BEAT = text("UPDATE installation SET pulse_at = :wall")


@dataclass(frozen=True)
class Limits:
    """How many chunks of each kind may be on their way at once."""

    scope: str
    chunks: int


@dataclass(frozen=True)
class Chunk:
    """Ids on their way to an actor."""

    id: UUID
    actor: str
    ids: Sequence[Any]


class Pulse:
    """The engine's heartbeat. Any number of pulses may run: SKIP LOCKED keeps them out of each other's way."""

    def __init__(self, engine: Engine, actors: Actors, limits: Limits) -> None:
        self.engine, self.actors, self.limits = engine, actors, limits
        self._housekept = 0.0

    def turn(self) -> bool:
        """Hand out what is due; says whether there was anything, so that the next turn should follow at once."""
        context = self.engine.context
        now, wall = context.now(), context.wall()
        with context.database.transaction() as session:
            released = self.actors.release(session)
            looked = self._look(session, now, wall)
            chunks = self._hand_out(session, looked, now, wall)
            self._mend(session, looked, now, wall)
        self.actors.forget(released)
        deadline = wall + timedelta(seconds=context.settings.handout_seconds)
        for chunk in chunks:
            self.actors.send(chunk.actor, chunk.id, deadline, chunk.ids)
        return any(chunk.actor != "react" for chunk in chunks) or bool(looked.resumed or looked.swept)

    def run(self) -> None:
        """Turn until the engine stops: at once when woken or hinted at, else at each poll."""
        listener = Listener(self.engine)
        while not self.engine.stopping.is_set():
            try:
                busy = self.turn()
                self._housekeep()
            except DBAPIError as error:
                log.warning("the database is away, the pulse waits", extra={"error": str(error.orig).strip()})
                busy = False
            except Exception:  # the pulse must not die: it is what would notice
                log.exception("a turn of the pulse failed")
                busy = False
            listener.wait(0.002 if busy else self.engine.context.settings.poll_seconds)
        listener.close()

    def _look(self, session: Session, now: datetime, wall: datetime) -> Any:
        lost = wall - timedelta(seconds=self.engine.context.settings.send_seconds)
        asked = {"now": now, "wall": wall, "lost": lost, "scope": self.limits.scope}
        return _LOOK.execute(session.connection(), asked).one()

    def _hand_out(self, session: Session, looked: Any, now: datetime, wall: datetime) -> list[Chunk]:
        ring = now + self.engine.context.clock.span(self.engine.context.settings.handout_seconds)
        chunks: list[Chunk] = []
        if looked.facts and looked.outstanding.get("react", 0) < max(self.limits.chunks // 4, 1):
            chunks.append(Chunk(uuid4(), "react", ()))
        if looked.sequences:
            chunks += self._steps(session, looked, now, ring)
        if looked.reviews:
            chunks += self._reviews(session, looked, now, ring)
        if looked.mails or looked.awaited:
            chunks += self._mails(session, looked, now, ring)
        if chunks:
            rows = [{"id": chunk.id, "actor": chunk.actor, "size": len(chunk.ids)} for chunk in chunks]
            deadline = wall + timedelta(seconds=self.engine.context.settings.handout_seconds)
            session.execute(
                _HANDED,
                {"rows": orjson.dumps(rows).decode(), "scope": self.limits.scope, "deadline": deadline},
            )
        return chunks

    def _steps(self, session: Session, looked: Any, now: datetime, ring: datetime) -> list[Chunk]:
        room = (self.limits.chunks - looked.outstanding.get("advance", 0)) * STEPS_IN_CHUNK
        if room <= 0:
            return []
        sources = {sequence: sequence for sequence in looked.sequences}
        rows = shares.take(session, _STEPS, sources, room, {"now": now, "ring": ring})
        # Leads in order, so that chunks lock different stretches of them.
        ids = [row.id for row in sorted(rows, key=lambda row: row.lead_id)]
        return [Chunk(uuid4(), "advance", part) for part in _parts(ids, STEPS_IN_CHUNK)]

    def _reviews(self, session: Session, looked: Any, now: datetime, ring: datetime) -> list[Chunk]:
        """A quarter of the places: a lead's stage may wait a moment longer than its mail."""
        room = (max(self.limits.chunks // 4, 1) - looked.outstanding.get("review", 0)) * LEADS_IN_CHUNK
        if room <= 0:
            return []
        rows = session.execute(_REVIEWS, {"now": now, "ring": ring, "limit": room})
        return [Chunk(uuid4(), "review", part) for part in _parts(sorted(row.lead_id for row in rows), LEADS_IN_CHUNK)]

    def _mails(self, session: Session, looked: Any, now: datetime, ring: datetime) -> list[Chunk]:
        room = (self.limits.chunks - looked.outstanding.get("deliver", 0)) * MAILS_IN_CHUNK
        if room <= 0:
            return []
        clocks = {"now": now, "ring": ring}
        rows = session.execute(_AWAITED, {**clocks, "limit": room}).all() if looked.awaited else []
        rows = [*rows, *shares.take(session, _MAILS, dict(looked.mails), room - len(rows), clocks)]
        settling.decide_unknown(session, [row for row in rows if row.status == "unknown"], now)
        queued = sorted(
            (row for row in rows if row.status == "queued"),
            key=lambda row: (row.purpose != "service", row.lead_id or 0),
        )
        return [Chunk(uuid4(), "deliver", part) for part in _parts([row.id for row in queued], MAILS_IN_CHUNK)]

    def _mend(self, session: Session, looked: Any, now: datetime, wall: datetime) -> None:
        """What died is put in doubt; what was held and may go on gets its clock back, a little at a time."""
        context = self.engine.context
        if looked.lost:
            grace = context.clock.span(context.settings.unknown_grace_seconds)
            settling.doubt_lost(session, wall - timedelta(seconds=context.settings.send_seconds), now + grace)
        if looked.swept and not looked.reviews:
            session.execute(_SWEEP, {"now": now, "limit": SWEPT_IN_TURN})
        if looked.resumed:
            enrolling.resume_held(session, now, limit=RESUMED_IN_TURN, spread=RESUMED_APART)
        if looked.unpaused or (looked.kept and looked.open):
            pace = {"limit": RESUMED_IN_TURN, "spread": RESUMED_APART}
            session.execute(_RESUMED_MAILS, {"now": now, "open": looked.open, **pace})

    def _housekeep(self) -> None:
        if time.monotonic() - self._housekept < HOUSEKEEPING_SECONDS:
            return
        self._housekept = time.monotonic()
        context = self.engine.context
        with context.database.transaction() as session:
            session.execute(_EXPIRED, {"wall": context.wall()})
            session.execute(_BEAT, {"wall": context.wall()})
            partitions.ensure(session, context.now())
        self._take_back()

    def _take_back(self) -> None:
        """Mails that a killed process of this machine had claimed and not begun go out after all."""
        context = self.engine.context
        for note in self.engine.postings.dead():
            with context.database.transaction() as session:
                number = settling.give_back(session, note.never_begun, note.claim, context.now())
            note.forget()
            if number:
                log.info("mails of a killed process were queued again", extra={"mails": number})


def _parts(ids: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
