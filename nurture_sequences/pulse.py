"""One turn: look, hand out what is due, mend what died, let go what was held. `run` repeats it until the stop."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from funnel.crm import files, jobs, kept_answers, partitions, retention, webhooks
from funnel.crm.imports import staging
from nurture_sequences import enrolling, settling
from nurture_sequences.actors import Actors
from nurture_sequences.engine import Engine
from nurture_sequences.handing_out import Limits, hand_out
from nurture_sequences.listener import Listener
from nurture_sequences.looking import Looked, look

log = logging.getLogger(__name__)

#: rows given their clocks back in one turn when a sequence, or sending, resumes; and how far apart they ring
RESUMED_IN_TURN = 500
RESUMED_APART = timedelta(milliseconds=2)
#: leads given their clocks to be looked at again in one turn, once rules are published
SWEPT_IN_TURN = 1000
#: how often housekeeping is done (wall seconds)
HOUSEKEEPING_SECONDS = 10.0

# New rules were published: the next leads in the order of their ids are looked at again, until all have been. In a
# transaction of its own, since it waits for clocks that somebody holds.
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


class Pulse:
    """The engine's heartbeat. Any number of pulses may run: SKIP LOCKED keeps them out of each other's way."""

    def __init__(self, engine: Engine, actors: Actors, limits: Limits) -> None:
        self.engine, self.actors, self.limits = engine, actors, limits
        self._housekept = 0.0

    def turn(self) -> bool:
        """Hand out what is due; says whether there was anything, so that the next turn should follow at once."""
        context = self.engine.context
        now, wall, handout = context.now(), context.wall(), context.settings.handout_seconds
        deadline = wall + timedelta(seconds=handout)
        with context.database.transaction() as session:
            released = self.actors.release(session)
            looked = self.look(session)
            chunks = hand_out(session, looked, self.limits, now, now + context.clock.span(handout), wall, deadline)
            self._mend(session, looked, now, wall)
        self.actors.forget(released)
        for chunk in chunks:
            self.actors.send(chunk.actor, chunk.id, deadline, chunk.ids)
        swept = looked.swept and not looked.reviews
        if swept:
            with context.database.transaction() as session:
                session.execute(_SWEEP, {"now": now, "limit": SWEPT_IN_TURN})
        return any(chunk.actor != "react" for chunk in chunks) or bool(looked.resumed or swept)

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

    def look(self, session: Session) -> Looked:
        """Is there anything to do?"""
        context = self.engine.context
        lost = context.wall() - timedelta(seconds=context.settings.send_seconds)
        return look(session, self.limits.scope, context.now(), context.wall(), lost)

    def _mend(self, session: Session, looked: Looked, now: datetime, wall: datetime) -> None:
        """What died is put in doubt; what was held and may go on gets its clock back, a little at a time."""
        context = self.engine.context
        if looked.lost:
            grace = context.clock.span(context.settings.unknown_grace_seconds)
            settling.doubt_lost(session, wall - timedelta(seconds=context.settings.send_seconds), now + grace)
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
            jobs.forget_old(session, context.wall())
            webhooks.forget_old(session, context.wall())
            files.forget_expired(session, context.wall())
            staging.forget_expired(session)
            kept_answers.forget_old(session, context.wall())
            retention.ask_daily(session, context.wall())
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
