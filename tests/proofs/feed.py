"""Thirty-two writers at once, some of which commit late or never, and a reader of the feed: nothing is missed."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from funnel.crm import forms, leads, tokens
from funnel.crm.facts import Fact, record
from funnel.schemas.form import FormIn
from tests.servers import programs
from tests.servers.postgres import Postgres

FORM = {
    "key": "feed",
    "name": "Feed",
    "fields": [{"key": "email", "label": "Email", "type": "email", "required": True}],
    "consents": [{"purpose": "newsletter", "wording": "Send me the newsletter."}],
}
LEADS = 40
#: by transactions of their own, as workers and jobs write; and by posts of a form
DIRECT, POSTING = 24, 8
#: a transaction in so many is slow (seconds), and another is rolled back
SLOW, LONGEST, BROKEN = 20, 3.0, 15


@dataclass
class Figures:
    """Counted by the reader, beside what is in the log when all is over."""

    seconds: float = 0
    facts: int = 0
    posts: int = 0
    rolled_back: int = 0
    slow: int = 0
    pages: int = 0
    missed: int = 0
    doubled: int = 0
    strange: int = 0
    out_of_order: int = 0
    #: how often the id of a fact was lower than that of one read before: each would be missed by reading after an id
    late: int = 0
    #: facts read while one transaction was held open for the whole time
    past_the_held: int = 0
    longest_cursor: int = 0
    slowest_page: float = 0

    @property
    def holds(self) -> bool:
        wrong = self.missed + self.doubled + self.strange + self.out_of_order
        return not wrong and self.late > 0 and self.past_the_held > 0


def prove_feed(home: Path, seconds: float, seed: int, say: Callable[[str], None]) -> Figures:
    """Write and read for so long, then let the reader come to the end, and compare."""
    figures = Figures(seconds=seconds)
    with Postgres(home / "pg") as postgres:
        engine = create_engine(postgres.url, pool_size=DIRECT + 4)
        ids, token = _prepare(engine)
        environ = programs.environment(home, DATABASE_URL=postgres.url, LOG_FORMAT="json")
        web, url = programs.web(environ, home / "web.log")
        try:
            _play(engine, ids, f"{url}/api/v1/changes", token, seconds, seed, figures, say)
        finally:
            web.kill()
            engine.dispose()
    return figures


def _prepare(engine: Engine) -> tuple[list[int], str]:
    now = datetime.now(UTC)
    made = text("""
        INSERT INTO leads (email, stage_since, created_at, updated_at)
        SELECT 'lead' || n || '@proof.example', :now, :now, :now FROM generate_series(1, :leads) AS n RETURNING id
    """)
    with Session(engine) as session, session.begin():
        forms.create_form(session, FormIn().load(FORM), now)
        token = tokens.add(session, "proof", ["leads:read"], now)
        return [row.id for row in session.execute(made, {"now": now, "leads": LEADS})], token


def _play(
    engine: Engine,
    ids: list[int],
    url: str,
    token: str,
    seconds: float,
    seed: int,
    figures: Figures,
    say: Callable[[str], None],
) -> None:
    reader = _Reader(url, token, figures)
    writers = _Writers(engine, ids, url.removesuffix("/api/v1/changes"), seed, figures)
    with Session(engine) as held:
        record(held, [Fact("held", ids[0] + 10_000_000, datetime.now(UTC))])
        reader.start()
        writers.start()
        time.sleep(seconds)
        figures.past_the_held = len(reader.read)
        held.commit()
    writers.stop()
    say(f"the writers stopped; {len(reader.read)} facts were read until then")
    reader.finish()
    _compare(engine, reader.read, figures)


class _Writers:
    """Each writes one small transaction after the other, locking its leads by id as all verbs do."""

    def __init__(self, engine: Engine, ids: list[int], url: str, seed: int, figures: Figures) -> None:
        self._engine, self._ids, self._url, self._figures = engine, ids, url, figures
        self._stopping, self._lock = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._direct, args=(seed + n,)) for n in range(DIRECT)]
        self._threads += [threading.Thread(target=self._post, args=(seed + n,)) for n in range(POSTING)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _direct(self, seed: int) -> None:
        chance = random.Random(seed)
        while not self._stopping.is_set():
            with Session(self._engine) as session:
                session.execute(text("SELECT pg_current_xact_id()"))  # begins long before it writes
                for lead in sorted(chance.sample(self._ids, chance.randint(1, 3))):
                    time.sleep(chance.random() * 0.01)
                    leads.lock(session, lead)
                    facts = [Fact("seen", lead, datetime.now(UTC), {"n": n}) for n in range(chance.randint(1, 3))]
                    record(session, facts)
                self._end(session, chance)
            time.sleep(chance.random() * 0.02)

    def _end(self, session: Session, chance: random.Random) -> None:
        dice = chance.randrange(SLOW * BROKEN)
        if dice % SLOW == 0:
            self._count("slow")
            time.sleep(chance.random() * LONGEST)
        if dice % BROKEN == 0:
            self._count("rolled_back")
            session.rollback()
        else:
            session.commit()

    def _post(self, seed: int) -> None:
        chance = random.Random(seed)
        while not self._stopping.is_set():
            email = f"lead{chance.randint(1, LEADS)}@proof.example"
            body = json.dumps({"email": email, "newsletter": True, "submission_id": str(uuid4())}).encode()
            request = urllib.request.Request(f"{self._url}/f/feed", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                answer.read()
            self._count("posts")
            time.sleep(chance.random() * 0.05)

    def _count(self, what: str) -> None:
        with self._lock:
            setattr(self._figures, what, getattr(self._figures, what) + 1)


class _Reader(threading.Thread):
    """Keeps its cursor and asks again, as any program would; it waits when there is nothing."""

    def __init__(self, url: str, token: str, figures: Figures) -> None:
        super().__init__()
        self._url, self._token, self._figures = url, token, figures
        self._ending = threading.Event()
        #: id and lead of each fact, in the order of reading
        self.read: list[tuple[int, int]] = []

    def run(self) -> None:
        cursor = ""
        while True:
            ending = self._ending.is_set()
            page = self._page(cursor)
            self.read += [(item["id"], item["lead_id"]) for item in page["items"]]
            cursor = page["next_cursor"]
            self._figures.pages += 1
            self._figures.longest_cursor = max(self._figures.longest_cursor, len(cursor))
            if ending and not page["items"] and not page["more"]:
                return

    def finish(self) -> None:
        self._ending.set()
        self.join()

    def _page(self, cursor: str) -> dict[str, Any]:
        query = f"?limit=200&wait={0 if self._ending.is_set() else 2}" + (f"&cursor={cursor}" if cursor else "")
        request = urllib.request.Request(self._url + query, headers={"Authorization": f"Bearer {self._token}"})
        started = time.monotonic()
        with urllib.request.urlopen(request, timeout=30) as answer:
            page: dict[str, Any] = json.load(answer)
        if page["items"]:
            self._figures.slowest_page = max(self._figures.slowest_page, time.monotonic() - started)
        return page


def _compare(engine: Engine, read: list[tuple[int, int]], figures: Figures) -> None:
    with engine.connect() as connection:
        log = {row.id for row in connection.execute(text("SELECT id FROM events"))}
    seen = Counter(fact for fact, _ in read)
    figures.facts, figures.missed, figures.strange = len(log), len(log - seen.keys()), len(seen.keys() - log)
    figures.doubled = seen.total() - len(seen)
    last: dict[int, int] = {}
    highest = 0
    for fact, lead in read:
        figures.out_of_order += fact <= last.get(lead, 0)
        figures.late += fact < highest
        last[lead] = fact
        highest = max(highest, fact)
