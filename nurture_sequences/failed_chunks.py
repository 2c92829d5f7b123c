"""Chunks that failed as a whole, most often with the database, or that a stop left undone: what they took is given
back."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.context import Context

#: When the rows of a failed chunk ring again (wall seconds): not at once, since its cause may last.
PAUSE_SECONDS = 5.0
#: how far a clock may be from the hand-out that set it (wall seconds): the deadline travels as a float
SLACK_SECONDS = 1.0

_PLACES = text("DELETE FROM handouts WHERE id = ANY (:ids)")
# Only of rows that this hand-out's clock stands for. Some may have gone on before the chunk failed, and set a clock
# within the hand-out's time: woken early, they set it again. Whoever is held by somebody is not waited for.
_JOBS = text("""
    WITH free AS MATERIALIZED (
        SELECT id FROM jobs WHERE id = ANY (CAST(:ids AS bigint[])) AND due_at > :soon AND due_at <= :ring
           FOR UPDATE SKIP LOCKED
    )
    UPDATE jobs j SET due_at = :soon FROM free WHERE j.id = free.id
""")
_CLOCKS = {
    "advance": text("""
        WITH free AS MATERIALIZED (
            SELECT id FROM enrollments
             WHERE id = ANY (CAST(:ids AS bigint[])) AND status = 'active' AND held IS NULL
               AND due_at > :soon AND due_at <= :ring
               FOR UPDATE SKIP LOCKED
        )
        UPDATE enrollments e SET due_at = :soon FROM free WHERE e.id = free.id
    """),
    "deliver": text("""
        WITH free AS MATERIALIZED (
            SELECT id FROM messages
             WHERE id = ANY (CAST(:ids AS uuid[])) AND status = 'queued' AND held IS NULL
               AND due_at > :soon AND due_at <= :ring
               FOR UPDATE SKIP LOCKED
        )
        UPDATE messages m SET due_at = :soon FROM free WHERE m.id = free.id
    """),
    "review": text("""
        WITH free AS MATERIALIZED (
            SELECT lead_id FROM lead_clocks
             WHERE lead_id = ANY (CAST(:ids AS bigint[])) AND due_at > :soon AND due_at <= :ring
               FOR UPDATE SKIP LOCKED
        )
        UPDATE lead_clocks c SET due_at = :soon FROM free WHERE c.lead_id = free.lead_id
    """),
}


@dataclass(frozen=True)
class FailedChunk:
    actor: str
    handout: str
    #: wall time (seconds since 1970) at which its rows would ring by themselves
    deadline: float
    ids: Sequence[Any]


class FailedChunks:
    """Added to by the actors' threads; released by the pulse of the same process, in its own transaction."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._chunks: deque[FailedChunk] = deque()

    def add(self, chunk: FailedChunk) -> None:
        self._chunks.append(chunk)

    def release(self, session: Session, pause: float = PAUSE_SECONDS) -> int:
        """Give back their places, which would count until the deadline, and the clocks of their rows.

        These ring `pause` wall seconds on. Returns how many chunks these were, for `forget`.
        """
        failed = list(self._chunks)
        if failed:
            session.execute(_PLACES, {"ids": [UUID(chunk.handout) for chunk in failed]})
        clock, now = self._context.clock, self._context.now()
        for chunk in failed:
            if chunk.actor == "work":
                self._release_jobs(session, chunk, pause)
            elif chunk.actor in _CLOCKS:
                ring = clock.now(datetime.fromtimestamp(chunk.deadline, UTC)) + clock.span(SLACK_SECONDS)
                clocks = {"soon": now + clock.span(pause), "ring": ring}
                session.execute(_CLOCKS[chunk.actor], {"ids": list(chunk.ids), **clocks})
        return len(failed)

    def _release_jobs(self, session: Session, chunk: FailedChunk, pause: float) -> None:
        """Their clocks are wall time."""
        soon = self._context.wall() + timedelta(seconds=pause)
        ring = datetime.fromtimestamp(chunk.deadline + SLACK_SECONDS, UTC)
        session.execute(_JOBS, {"ids": list(chunk.ids), "soon": soon, "ring": ring})

    def forget(self, released: int) -> None:
        """Their release is committed. Only the pulse takes from the queue, so these are its first ones."""
        for _ in range(released):
            self._chunks.popleft()
