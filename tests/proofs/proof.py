"""One proof from beginning to end: the storm, the calm, the provider's events, the count."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.proofs import storm, story
from tests.proofs.scene import Scene
from tests.proofs.storm import Storm, Weather
from tests.proofs.wire import Wire

Say = Callable[[str], None]
KINDS = ("kills", "postgres", "broker")
#: how long the story may take to come to rest once nothing is killed any more (wall seconds)
PATIENCE = 120.0


@dataclass(frozen=True)
class Plan:
    kind: str
    broker: str
    leads: int
    seed: int
    weather: Weather


@dataclass
class Figures:
    """What a proof prints. A mail is `doubled` or `lost` by what the fake took, not by what the database says."""

    kills: Counter[str] = field(default_factory=Counter)
    faults: dict[str, int] = field(default_factory=dict)
    mails: int = 0
    doubled: int = 0
    lost: int = 0
    #: before the provider's events: in doubt, and the bound: on the wire at a kill, a reset or a vague answer
    unknown: int = 0
    on_the_wire: int = 0
    #: in doubt without being on the wire: read and answered (must be 0), and claimed but never posted
    unexplained: int = 0
    never_posted: int = 0
    #: after the events: in doubt although the fake took them (must be 0), and those it did not take
    unsettled: int = 0
    not_taken: int = 0
    finished: bool = False
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return self.finished and not (self.doubled or self.lost or self.unexplained or self.unsettled)


def prove(plan: Plan, home: Path, say: Say) -> Figures:
    """Play it; the figures say whether it holds. Raises TimeoutError when the story does not come to rest."""
    figures, started = Figures(), time.monotonic()
    with Scene(home, plan.broker) as scene:
        with scene.context.database.transaction() as session:
            story.begin(session, plan.leads, scene.context.now())
        scene.start_workers()
        storming = Storm(scene, plan.weather, plan.seed, _strike(plan, scene))
        storming.rage(say)
        figures.kills = storming.kills
        figures.faults = scene.fake.stats()["faults"]
        scene.fake.script()
        _rest(scene, say)
        _doubts(scene, figures, storming.longest_outage)
        _settle(scene, figures, plan, say)
        _count(scene, figures, plan.leads)
    figures.seconds = time.monotonic() - started
    return figures


def _strike(plan: Plan, scene: Scene) -> Callable[[], str] | None:
    chance = random.Random(plan.seed + 1)
    if plan.kind == "postgres":
        return storm.database(scene, chance)
    return storm.broker(scene, plan.broker, chance) if plan.kind == "broker" else None


def _rest(scene: Scene, say: Say) -> None:
    """Wait until nothing moves by itself."""
    deadline = time.monotonic() + PATIENCE
    while not (at := story.standing(scene.context)).at_rest:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the story does not come to rest: {at}")
        scene.start_workers()
        time.sleep(0.2)
    say(f"at rest: {at.accepted} mails accepted, {at.unknown} unknown, {at.active} leads on their way")


def _doubts(scene: Scene, figures: Figures, outage: float) -> None:
    """Before any event: who is in doubt, and was it on the wire?"""
    doubts, seen = story.unknown(scene.context), Wire(scene.fake.wire(), outage)
    figures.unknown, figures.on_the_wire = len(doubts), seen.in_flight
    figures.unexplained, figures.never_posted = len(seen.unexplained(doubts)), len(seen.never_posted(doubts))


def _settle(scene: Scene, figures: Figures, plan: Plan, say: Say) -> None:
    """The provider's events settle what it took; what it did not take, a person sends again. Then the story ends."""
    for turn in range(10):
        taken = {message["mid"] for message in scene.fake.messages()}
        statuses = scene.tell_events(plan.seed + turn)
        say(f"events told: {statuses}")
        _rest(scene, say)
        doubts = story.unknown(scene.context)
        figures.unsettled += len(doubts.keys() & taken)
        if turn == 0:
            figures.not_taken = len(doubts.keys() - taken)
        if not doubts:
            return
        story.send_again(scene.context, doubts.keys() - taken)
        _rest(scene, say)


def _count(scene: Scene, figures: Figures, leads: int) -> None:
    messages = scene.fake.messages()
    by_id = Counter(message["mid"] for message in messages)
    by_mail = Counter((message["to"], message["subject"]) for message in messages)
    expected = {(f"lead{n}@proof.example", mail) for n in range(1, leads + 1) for mail in story.MAILS}
    figures.mails = len(messages)
    figures.doubled = max(sum(by_id.values()) - len(by_id), sum(by_mail.values()) - len(by_mail))
    figures.lost = len(expected - by_mail.keys())
    figures.finished = story.standing(scene.context).finished(leads)
