"""SIGKILL at random, again and again, until the story rests or the time is up."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.proofs import story
from tests.proofs.scene import Scene
from tests.servers.programs import Worker

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
#: seconds between two looks at the story
LOOK = 2.0
#: slower than SEND_SECONDS, so that the pulse loses patience with a mail that is accepted after all
SLOW = 5.0


@dataclass(frozen=True)
class Weather:
    """How hard it blows, in seconds of wall time: how long a worker lives once it is ready, and the time between two
    kills of a server (both on average), and how long the storm lasts at most."""

    life: float
    servers: float
    longest: float


class Storm:
    """Kills workers (each carries a pulse), and in between the server it is told to; says how often it did."""

    def __init__(self, scene: Scene, weather: Weather, seed: int, strike: Callable[[], str] | None = None) -> None:
        self.scene, self.weather, self.strike = scene, weather, strike
        self.chance = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.longest_outage = 0.0
        #: when each worker that is ready is to be killed
        self._ends: dict[Worker, float] = {}

    def rage(self, say: Callable[[str], None]) -> None:
        """Until nothing moves any more, or the longest time is over."""
        self.scene.fake.script(latency=LATENCY, slow_seconds=SLOW, chances=CHANCES, seed=self.chance.getrandbits(32))
        started = time.monotonic()
        strike_at, look_at = started + self._about(self.weather.servers), started + LOOK
        while (now := time.monotonic()) - started < self.weather.longest:
            for worker in self.scene.workers:
                self._blow(worker, now)
            if self.strike is not None and now >= strike_at:
                self._strike(self.strike)
                strike_at = time.monotonic() + self._about(self.weather.servers)
            if now >= look_at:
                if self._calm(say, now - started):
                    return
                look_at = now + LOOK
            time.sleep(0.01)

    def _about(self, seconds: float) -> float:
        return self.chance.uniform(0.1, 1.9) * seconds

    def _blow(self, worker: Worker, now: float) -> None:
        """Let a worker live a while once it is ready, kill it, start it again; also if it ended by itself."""
        if not worker.alive:
            worker.start()  # it found no database at its start, and gave up
        elif worker not in self._ends:
            if worker.ready:
                self._ends[worker] = now + self._about(self.weather.life)
        elif now >= self._ends[worker]:
            del self._ends[worker]
            worker.kill()
            worker.start()
            self.kills["worker"] += 1

    def _strike(self, strike: Callable[[], str]) -> None:
        started = time.monotonic()
        self.kills[strike()] += 1
        self.longest_outage = max(self.longest_outage, time.monotonic() - started)

    def _calm(self, say: Callable[[str], None], seconds: float) -> bool:
        """Say how it stands, and whether there is nothing left to disturb."""
        at = story.standing(self.scene.context)
        say(
            f"{seconds:4.0f} s  {self.kills.total()} kills, {at.accepted} mails accepted, {at.unknown} unknown, "
            f"{at.active} leads on their way"
        )
        return at.at_rest


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
