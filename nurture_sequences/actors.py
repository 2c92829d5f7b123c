"""Dramatiq's actors: each opens what it needs and calls one verb. Clocks do the retrying, so actors never do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import dramatiq
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from funnel import jobs
from nurture_sequences import enrollments, maturing, messages, reactions
from nurture_sequences.engine import Engine, is_contention, is_poison
from nurture_sequences.failed_chunks import FailedChunk, FailedChunks

log = logging.getLogger(__name__)

QUEUE = "engine"
#: works on a chunk; says whether that got it anywhere
Body = Callable[[str, float, Any], bool]
_TAKEN = text("DELETE FROM handouts WHERE id = ANY (:ids)")


class Verb(Protocol):
    __name__: str

    def __call__(self, session: Session, ids: Sequence[int], now: datetime, /) -> int: ...


class Aside(Protocol):
    """What becomes of a row that fails by itself, for this reason."""

    def __call__(self, session: Session, one: int, reason: str, /) -> None: ...


class Actors:
    """The five actors on one broker. A chunk is `(hand-out's id, deadline in wall time, ids)`."""

    def __init__(self, broker: dramatiq.Broker, engine: Engine, *, own: bool = False) -> None:
        """`own` says that the broker is this process's memory: nobody else would work on what it holds at a stop."""
        self.engine = engine
        self._failed = FailedChunks(engine.context)
        self._own = own
        #: of an own broker: what was sent and not begun, by hand-out
        self._waiting: dict[str, FailedChunk] = {}
        bodies: dict[str, Body] = {
            "react": self._react,
            "review": self._review,
            "advance": self._advance,
            "deliver": self._deliver,
            "work": self._work,
        }
        self._actors = {
            name: dramatiq.actor(actor_name=name, queue_name=QUEUE, broker=broker)(self._then_wake(name, body))
            for name, body in bodies.items()
        }

    def send(self, actor: str, handout: UUID, deadline: datetime, ids: Sequence[Any]) -> None:
        """Put a chunk on its way."""
        chunk = FailedChunk(actor, str(handout), deadline.timestamp(), [_plain(one) for one in ids])
        if self._own:
            self._waiting[chunk.handout] = chunk
        self._actors[actor].send(chunk.handout, chunk.deadline, chunk.ids)

    def release(self, session: Session) -> int:
        """Give back what failed chunks took; `forget` them when that is committed. Returns how many they are."""
        return self._failed.release(session)

    def forget(self, released: int) -> None:
        self._failed.forget(released)

    def give_back(self, session: Session) -> None:
        """At a stop, when nobody works any more: whoever goes on need not wait for clocks of chunks never begun."""
        for chunk in self._waiting.values():
            self._failed.add(chunk)
        self._failed.release(session, pause=0)

    def _then_wake(self, name: str, body: Body) -> Callable[[str, float, Any], None]:
        """A chunk that is over makes room for the next: the pulse of this process looks at once.

        Unless it got nowhere, or failed: what stands in its way is still there, and asking at full speed helps nobody.
        """

        def work(handout: str, deadline: float, ids: Sequence[Any]) -> None:
            self._waiting.pop(handout, None)
            chunk = FailedChunk(name, handout, deadline, ids)
            if self.engine.stopping.is_set():
                self._failed.add(chunk)
                return
            try:
                moved = body(handout, deadline, ids)
            except BaseException:
                self._failed.add(chunk)
                raise
            if moved:
                self.engine.wake()

        return work

    def _react(self, handout: str, deadline: float, _ids: Sequence[int]) -> bool:
        """Drain the queue of facts, batch after batch, until those that are left belong to leads somebody holds."""
        moved = False
        while self._open(deadline):
            with self._transaction() as session:
                waiting = reactions.waiting_leads(session)
            if not waiting or not self._batch(waiting, reactions.react, self._react_apart):
                break
            moved = True
        self._done(handout)
        return moved

    def _react_apart(self, session: Session, lead_id: int, _reason: str, /) -> None:
        reactions.react_apart(session, lead_id, self.engine.context.now())

    def _review(self, handout: str, deadline: float, ids: Sequence[int]) -> bool:
        if self._open(deadline):
            self._batch(ids, maturing.review, maturing.set_aside, handout)
        else:
            self._done(handout)
        return True

    def _advance(self, handout: str, deadline: float, ids: Sequence[int]) -> bool:
        if not self._open(deadline):
            self._done(handout)
            return True
        try:
            self._batch(ids, enrollments.advance, enrollments.set_aside, handout)
        except DBAPIError as error:
            if not is_contention(error):
                raise
            log.warning("leads of a chunk are held by somebody, the others go on", extra={"error": str(error.orig)})
            self._batch(ids, enrollments.advance_free, enrollments.set_aside)
            self._failed.add(FailedChunk("advance", handout, deadline, ids))
        return True

    def _deliver(self, handout: str, deadline: float, ids: Sequence[str]) -> bool:
        if self._open(deadline):
            messages.deliver(self.engine, [UUID(one) for one in ids], datetime.fromtimestamp(deadline, UTC))
        self._done(handout)
        return True

    def _work(self, handout: str, deadline: float, ids: Sequence[int]) -> bool:
        for job_id in ids:
            try:
                jobs.work(self.engine.context, self.engine.kinds, job_id, lambda: self._open(deadline))
            except Exception as error:
                if not is_poison(error):
                    raise
                jobs.give_up(self.engine.context, job_id, error)
        self._done(handout)
        return True

    def _batch(self, ids: Sequence[int], act: Verb, set_aside: Aside, handout: str | None = None) -> int:
        """Act on all ids in one transaction; if a row poisons it, on each alone, setting that row aside."""
        try:
            with self._transaction() as session:
                if handout:
                    session.execute(_TAKEN, {"ids": [UUID(handout)]})
                return act(session, ids, self.engine.context.now())
        except Exception as error:
            if not is_poison(error):
                raise
            log.exception("a batch failed, its rows are tried one by one")
        acted = sum(self._alone(one, act, set_aside) for one in ids)
        if handout:
            self._done(handout)
        return acted

    def _alone(self, one: int, act: Verb, set_aside: Aside) -> int:
        try:
            with self._transaction() as session:
                return act(session, [one], self.engine.context.now())
        except Exception as error:
            if not is_poison(error):
                raise
            log.exception("a row failed by itself", extra={"row": one, "verb": act.__name__})
            with self._transaction() as session:
                set_aside(session, one, type(error).__name__)
            return 1

    def _open(self, deadline: float) -> bool:
        """May this chunk still be worked on? After its deadline the rows ring for someone else."""
        return not self.engine.stopping.is_set() and self.engine.context.wall().timestamp() < deadline

    def _done(self, handout: str) -> None:
        with self._transaction() as session:
            session.execute(_TAKEN, {"ids": [UUID(handout)]})

    def _transaction(self) -> AbstractContextManager[Session]:
        return self.engine.context.database.transaction()


def _plain(one: Any) -> Any:
    """Ids as JSON carries them."""
    return str(one) if isinstance(one, UUID) else one
