"""The whole engine in one thread and on a clock the test moves: what the worker does, without waiting for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dramatiq.brokers.stub import StubBroker

from funnel import import_work, jobs, retention_work
from funnel.clock import EngineClock
from funnel.context import Context
from funnel.crm.personal_data import OWN
from nurture_sequences.actors import Actors, _plain
from nurture_sequences.engine import Engine
from nurture_sequences.handing_out import Limits
from nurture_sequences.jobs import KINDS
from nurture_sequences.mailers import Accepted, Email, Outcome
from nurture_sequences.personal_data import HOLDINGS
from nurture_sequences.pulse import Pulse
from tests.conftest import NOW


@dataclass
class MovedContext(Context):
    """A context whose wall clock stands where the test put it."""

    at: datetime = NOW

    def wall(self) -> datetime:
        return self.at


@dataclass
class Outbox:
    """A mailer that keeps what it is given, and answers what the test told it to."""

    name: str = "outbox"
    real: bool = True
    sent: list[Email] = field(default_factory=list)
    answer: Callable[[Email], Outcome] = lambda email: Accepted(None)

    def send(self, emails: Sequence[Email], may_send: Callable[[], bool]) -> Iterator[tuple[Email, Outcome]]:
        for email in emails:
            if not may_send():
                return
            outcome = self.answer(email)
            if isinstance(outcome, Accepted):
                self.sent.append(email)
            yield email, outcome

    def close(self) -> None:
        pass

    def subjects(self, to: str | None = None) -> list[str]:
        return [email.subject for email in self.sent if to in (None, email.to)]


class AtOnce(Actors):
    """Actors whose chunks are worked on when they are sent."""

    def send(self, actor: str, handout: UUID, deadline: datetime, ids: Sequence[Any]) -> None:
        self._actors[actor](str(handout), deadline.timestamp(), [_plain(one) for one in ids])


class Play:
    """`turn()` plays the pulse until nothing is due; `until(at)` moves the clock through every hour on the way."""

    def __init__(self, context: Context, outbox: Outbox | None = None) -> None:
        clock = EngineClock(NOW, NOW)
        self.context = MovedContext(context.settings, context.database, clock)
        self.outbox = outbox or Outbox()
        kinds = (
            import_work.kinds(context.settings),
            retention_work.kinds(context.settings, [*HOLDINGS, *OWN], self.context.wall),
            KINDS,
        )
        self.engine = Engine(self.context, self.outbox, kinds=jobs.listing(jobs.KINDS, *kinds))
        self.actors = AtOnce(StubBroker(middleware=[]), self.engine)
        self.pulse = Pulse(self.engine, self.actors, Limits("test", 16))

    def turn(self) -> None:
        for _ in range(100):
            with self.context.database.transaction() as session:
                looked = self.pulse.look(session)
            rows = looked.facts or looked.sequences or looked.mails or looked.awaited or looked.lost or looked.jobs
            ripe = looked.reviews or looked.swept
            kept = looked.resumed or looked.unpaused or (looked.kept and looked.open)
            if not (rows or ripe or kept):
                return
            self.pulse.turn()
        raise AssertionError("the engine does not come to rest")

    def turn_until_stopped(self) -> None:
        while not self.engine.stopping.is_set():
            self.pulse.turn()

    def until(self, at: datetime, step: timedelta = timedelta(hours=1)) -> None:
        self.turn()
        while self.context.at < at:
            self.context.at = min(self.context.at + step, at)
            self.turn()

    def after(self, **duration: float) -> None:
        self.until(self.context.at + timedelta(**duration))
