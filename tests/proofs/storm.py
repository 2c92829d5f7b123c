"""SIGKILL at random, again and again, until the story rests or the time is up."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from tests.proofs import story
from tests.proofs.scene import Scene
from tests.proofs.story import Standing
from tests.servers.group import Group

#: what the fake does to requests while the storm lasts; see tests/fakes/sendgrid/script.py
CHANCES = {
    "500": 0.01,
    "503": 0.01,
    "504": 0.004,
    "504_taken": 0.004,
    "reset": 0.004,
    "reset_taken": 0.004,
    "slow": 0.002,
    "429": 0.002,
}
LATENCY = 0.05
#: slower than SEND_SECONDS, so that the pulse loses patience with a mail that is accepted after all
SLOW = 5.0


@dataclass(frozen=True)
class Weather:
    """How hard it blows. Seconds are wall time; `servers` is the mean time between kills of a server."""

    between: float
    servers: float
    longest: float


class Storm:
    """Kills workers (each carries a pulse), and in between the server it is told to; says how often it did."""

    def __init__(self, scene: Scene, weather: Weather, seed: int, strike: Callable[[], str] | None = None) -> None:
        self.scene, self.weather, self.strike = scene, weather, strike
        self.chance = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.longest_outage = 0.0
        self._restarts: list[tuple[float, Group]] = []

    def rage(self, say: Callable[[str], None]) -> None:
        """Until nothing moves any more, or the longest time is over; then every worker is up again."""
        self.scene.fake.script(latency=LATENCY, slow_seconds=SLOW, chances=CHANCES, seed=self.chance.getrandbits(32))
        started = time.monotonic()
        worker_due, server_due, look_due = (started + self._soon(), started + self._later(), started + 2)
        while time.monotonic() - started < self.weather.longest:
            now = time.monotonic()
            self._restart(now)
            if now >= worker_due:
                self._kill_worker(now)
                worker_due = now + self._soon()
            if self.strike is not None and now >= server_due:
                self._strike()
                server_due = time.monotonic() + self._later()
            if now >= look_due:
                at = self._look()
                if at is not None:
                    say(
                        f"{now - started:5.0f} s  {self.kills.total()} kills, {at.accepted} mails accepted, "
                        f"{at.unknown} unknown, {at.active} leads on their way"
                    )
                    if at.at_rest:
                        break
                look_due = now + 2
            time.sleep(0.01)
        self._restart(float("inf"))

    def _soon(self) -> float:
        return self.chance.uniform(0.2, 1.8) * self.weather.between

    def _later(self) -> float:
        return self.chance.uniform(0.3, 1.7) * self.weather.servers

    def _kill_worker(self, now: float) -> None:
        up = [worker for worker in self.scene.workers if worker.alive]
        if up:
            victim = self.chance.choice(up)
            victim.kill()
            self.kills["worker"] += 1
            self._restarts.append((now + self.chance.uniform(0, 0.5), victim))

    def _strike(self) -> None:
        started = time.monotonic()
        assert self.strike is not None
        self.kills[self.strike()] += 1
        self.longest_outage = max(self.longest_outage, time.monotonic() - started)

    def _restart(self, now: float) -> None:
        for due, worker in self._restarts:
            if due <= now:
                worker.start()
        self._restarts = [(due, worker) for due, worker in self._restarts if due > now]
        # A worker that ended by itself (the broker or the database was away) is started again, as systemd would.
        waiting = {id(worker) for _, worker in self._restarts}
        for worker in self.scene.workers:
            if not worker.alive and id(worker) not in waiting:
                self.kills["worker that gave up"] += 1
                worker.start()

    def _look(self) -> Standing | None:
        try:
            return story.standing(self.scene.context)
        except DBAPIError:
            return None


def database(scene: Scene, chance: random.Random) -> Callable[[], str]:
    """Ends PostgreSQL without warning, in one of two ways, and starts it again on the same data."""

    def strike() -> str:
        number, word = chance.choice(((signal.SIGKILL, "postmaster"), (signal.SIGQUIT, "PostgreSQL, immediate stop")))
        scene.postgres.kill(number)
        time.sleep(chance.uniform(0, 1))
        scene.postgres.start()
        return word

    return strike


def broker(scene: Scene, name: str, chance: random.Random) -> Callable[[], str]:
    """Ends the broker's server with SIGKILL and starts it again on the same data."""

    def strike() -> str:
        scene.broker.kill()
        time.sleep(chance.uniform(0, 1))
        scene.broker.start()
        return name

    return strike
