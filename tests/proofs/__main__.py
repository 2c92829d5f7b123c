"""`python -m tests.proofs NAME [--size N] [--broker memory|rabbitmq|redis]`.

kills      workers, each with a pulse, are killed with SIGKILL at random
postgres   the same, and PostgreSQL is ended without warning in the middle
broker     the same, and the server of RabbitMQ or Redis is killed in the middle
outage     PostgreSQL is away for --size seconds (120) under a constant load of form posts
feed       32 writers, some of which commit late, and a reader of the change feed, for --size seconds (60)
small      a small edition of each of these, on each broker: what CI runs
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.proofs.feed import prove_feed
from tests.proofs.outage import prove_outage
from tests.proofs.proof import KINDS, Figures, Plan, prove
from tests.proofs.storm import Weather
from tests.servers.brokers import MissingServerError

BROKERS = ("memory", "rabbitmq", "redis")
LARGE = Weather(life=2, servers=10, longest=900)
SMALL = Weather(life=0.8, servers=4, longest=12)
SMALL_LEADS = 60
SMALL_OUTAGE = 10
SMALL_FEED = 10
#: played without a storm of kills, for so many seconds
BY_THE_CLOCK = ("outage", "feed")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="./run prove", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=(*KINDS, *BY_THE_CLOCK, "small"))
    parser.add_argument(
        "--size", type=int, help="how many leads; 2000, in `small` 60 (seconds for `outage` and `feed`)"
    )
    parser.add_argument("--broker", choices=BROKERS, help="default: memory; for `broker`, rabbitmq")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="of the kills and faults")
    parser.add_argument("--keep", type=Path, help="leave databases and logs in this folder")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a stop leaves nothing running
    results = [_play(plan, chosen.keep) for plan in _plans(chosen)]
    if chosen.name in ("outage", "small"):
        results.append(_outage((chosen.size or 120) if chosen.name == "outage" else SMALL_OUTAGE))
    if chosen.name in ("feed", "small"):
        results.append(_feed((chosen.size or 60) if chosen.name == "feed" else SMALL_FEED, chosen.seed))
    if not all(results):
        sys.exit(1)


def _plans(chosen: argparse.Namespace) -> Iterator[Plan]:
    if chosen.name in BY_THE_CLOCK:
        return
    if chosen.name != "small":
        broker = chosen.broker or ("rabbitmq" if chosen.name == "broker" else "memory")
        if (chosen.name, broker) == ("broker", "memory"):
            sys.exit("prove: the memory of a worker dies with it, and that is what `kills` shows")
        yield Plan(chosen.name, broker, chosen.size or 2000, chosen.seed, LARGE)
        return
    for broker in [chosen.broker] if chosen.broker else BROKERS:
        for kind in KINDS:
            if (kind == "broker") != (broker == "memory"):
                yield Plan(kind, broker, chosen.size or SMALL_LEADS, chosen.seed, SMALL)


def _play(plan: Plan, keep: Path | None) -> bool:
    title = f"{plan.kind} · {plan.broker}"
    print(f"{title}: {plan.leads} leads, seed {plan.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="funnel-proof-") as folder:
        home = (keep or Path(folder)) / f"{plan.kind}-{plan.broker}-{int(time.time())}"
        home.mkdir(parents=True)
        try:
            figures = prove(plan, home, lambda line: print(f"  {line}", flush=True))
        except MissingServerError as error:
            return _missing(title, error)
        except TimeoutError as error:
            print(f"{title}: FAILED: {error}", flush=True)
            return False
    _print(title, figures)
    return figures.holds


def _outage(seconds: int) -> bool:
    print(f"outage: {seconds} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="funnel-proof-") as folder:
        figures = prove_outage(Path(folder), seconds, lambda line: print(f"  {line}", flush=True))
    everybody = figures.posts - figures.repeats
    rows = {
        "posts answered": f"{figures.posts}, {figures.while_away} of them while the database was away",
        "refused": ", ".join(f"{count} x {status}" for status, count in figures.refused.items()) or "none",
        "slowest answer": f"{figures.slowest:.1f} s (the web server's own restart included)",
        "repeats among them": figures.repeats,
        "people who posted": everybody,
        "leads, submissions, consents": f"{figures.leads}, {figures.submissions}, {figures.consents}",
    }
    for what, value in rows.items():
        print(f"  {what + ':':31}{value}")
    print(f"outage: {'HOLDS' if figures.holds else 'FAILED'}: {everybody} people, {figures.leads} leads", flush=True)
    return figures.holds


def _feed(seconds: int, seed: int) -> bool:
    print(f"feed: {seconds} s, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="funnel-proof-") as folder:
        figures = prove_feed(Path(folder), seconds, seed, lambda line: print(f"  {line}", flush=True))
    rows = {
        "facts in the log": f"{figures.facts}, {figures.posts} of them by posts of a form",
        "transactions": f"{figures.slow} slow ones, {figures.rolled_back} rolled back, one held open throughout",
        "read past the held one": figures.past_the_held,
        "committed late": f"{figures.late} facts, behind one of a higher id that was read already",
        "missed": figures.missed,
        "doubled": figures.doubled,
        "never committed, yet read": figures.strange,
        "out of a lead's order": figures.out_of_order,
        "pages": f"{figures.pages}, the slowest {figures.slowest_page * 1000:.0f} ms, its wait included",
        "longest cursor": f"{figures.longest_cursor} characters",
    }
    for what, value in rows.items():
        print(f"  {what + ':':31}{value}")
    print(f"feed: {'HOLDS' if figures.holds else 'FAILED'}: {figures.facts} facts, {figures.missed} missed", flush=True)
    return figures.holds


def _missing(title: str, error: MissingServerError) -> bool:
    """In CI a missing server is a failure; elsewhere it is said, and the rest goes on."""
    required = os.environ.get("CI") == "true"
    print(f"{title}: {'FAILED' if required else 'left out'}: {error}", flush=True)
    return not required


def _print(title: str, figures: Figures) -> None:
    rows = {
        "kills": ", ".join(f"{count} {what}" for what, count in sorted(figures.kills.items())) or "none",
        "faults of the provider": ", ".join(f"{count} x {what}" for what, count in sorted(figures.faults.items())),
        "mails taken by the provider": figures.mails,
        "doubled": figures.doubled,
        "lost": figures.lost,
        "unknown before the events": f"{figures.unknown} (on the wire at kills, resets and vague answers: "
        f"{figures.on_the_wire}; claimed but never posted: {figures.never_posted}; "
        f"unexplained: {figures.unexplained})",
        "unknown after the events": f"{figures.unsettled} that the provider took; {figures.not_taken} that it never "
        "took, and a person sent again",
        "every lead finished": "yes" if figures.finished else "NO",
        "seconds": f"{figures.seconds:.0f}",
    }
    for what, value in rows.items():
        print(f"  {what + ':':31}{value}")
    print(
        f"{title}: {'HOLDS' if figures.holds else 'FAILED'}: {figures.kills.total()} kills, {figures.mails} mails, "
        f"{figures.doubled} doubled, {figures.lost} lost, {figures.unknown} unknown",
        flush=True,
    )


if __name__ == "__main__":
    main()
