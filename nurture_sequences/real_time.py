"""Clocks that stand for real durations, when engine time changes its pace.

A hand-out, a retry and the grace of a mail in doubt are put into engine clocks multiplied by the speed: 120 s at
`--speed 20000` are 28 days of engine time. Started again at another speed, such a clock would ring after as many days,
or at once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.clock import EngineClock
from funnel.config import Settings

#: how far apart the woken rows ring (wall seconds)
APART_SECONDS = 0.002

# A hand-out's clock looks like any other, so every clock within its reach is looked at: woken early, the machine sets
# it again. `least` lets nobody ring later than before.
_STEPS = text("""
    WITH near AS MATERIALIZED (
        SELECT id, row_number() OVER (ORDER BY due_at) AS n FROM enrollments
         WHERE status = 'active' AND held IS NULL AND due_at > :now AND due_at <= :ring
    )
    UPDATE enrollments e SET due_at = least(e.due_at, :now + near.n * CAST(:apart AS interval))
      FROM near WHERE e.id = near.id
""")
_REVIEWS = text("""
    WITH near AS MATERIALIZED (
        SELECT lead_id, row_number() OVER (ORDER BY due_at) AS n FROM lead_clocks
         WHERE due_at > :now AND due_at <= :ring
    )
    UPDATE lead_clocks c SET due_at = least(c.due_at, :now + near.n * CAST(:apart AS interval))
      FROM near WHERE c.lead_id = near.lead_id
""")
# Handed out, tried again later, waiting for the account: the claim asks again, and parks what may not go yet.
_MAILS = text("""
    WITH near AS MATERIALIZED (
        SELECT id, row_number() OVER (ORDER BY due_at) AS n FROM messages
         WHERE status = 'queued' AND due_at > :now AND due_at < 'infinity'
    )
    UPDATE messages m SET due_at = least(m.due_at, :now + near.n * CAST(:apart AS interval))
      FROM near WHERE m.id = near.id
""")
_DOUBTS = text("""
    UPDATE messages SET due_at = :now + (due_at - :now) * CAST(:ratio AS double precision)
     WHERE status = 'unknown' AND due_at > :now AND due_at < 'infinity'
""")


def keep(session: Session, settings: Settings, before: EngineClock, after: EngineClock, wall: datetime) -> None:
    """Let what stands for real time ring in real time, in the transaction that changes the speed at `wall`.

    What was handed out or is to be tried again rings about now, a little apart; a mail in doubt keeps what is left of
    its grace. Nothing runs meanwhile.
    """
    now = after.now(wall)
    session.execute(text("SET LOCAL statement_timeout = 0"))  # at a great speed all that wait are within reach
    pace = {"now": now, "apart": after.span(APART_SECONDS)}
    for statement in (_STEPS, _REVIEWS):
        session.execute(statement, {**pace, "ring": now + before.span(settings.handout_seconds)})
    session.execute(_MAILS, pace)
    session.execute(_DOUBTS, {"now": now, "ratio": after.speed / before.speed})
