"""PostgreSQL is away under a constant load of form posts, and the web server is killed meanwhile: nobody notices."""

from __future__ import annotations

import http.client
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from funnel.crm import forms
from funnel.schemas.form import FormIn
from tests.servers import programs
from tests.servers.postgres import Postgres

FORM = {
    "key": "outage",
    "name": "Outage",
    "fields": [{"key": "email", "label": "Email", "type": "email", "required": True}],
    "consents": [{"purpose": "newsletter", "wording": "Send me the newsletter."}],
}
#: browsers posting at once, and the pause of each between two posts (seconds): a steady load, not a race
BROWSERS, PAUSE = 6, 0.02
#: every so many posts is a double click: the same post twice
DOUBLE = 10


@dataclass
class Figures:
    """Counted by the browsers, and in the database when all is over."""

    seconds: float = 0
    posts: int = 0
    while_away: int = 0
    repeats: int = 0
    #: answers by status that no visitor should see
    refused: dict[int, int] = field(default_factory=dict)
    slowest: float = 0
    leads: int = 0
    submissions: int = 0
    consents: int = 0

    @property
    def holds(self) -> bool:
        everybody = self.posts - self.repeats
        return not self.refused and self.while_away > 0 and {self.leads, self.submissions, self.consents} == {everybody}


def prove_outage(home: Path, seconds: float, say: Callable[[str], None]) -> Figures:
    """Post for half as long before and after as the database is away; then count."""
    figures = Figures(seconds=seconds)
    with Postgres(home / "pg") as postgres, _web(home, postgres.url) as web:
        _make_form(postgres.url)
        browsers = _Browsers(web.url, figures)
        time.sleep(seconds / 4)
        postgres.kill()
        browsers.away.set()
        say(f"the database is gone, after {figures.posts} posts")
        time.sleep(seconds / 2)
        web.again()
        say(f"the web server was killed and started again, after {figures.posts} posts")
        time.sleep(seconds / 2)
        browsers.away.clear()
        postgres.start()
        say(f"the database is back, after {figures.posts} posts")
        time.sleep(seconds / 4)
        browsers.stop()
        _wait_until_drained(web.url)
        _count(postgres.url, figures)
    return figures


class _Web:
    """The web server, at one address however often it is started."""

    def __init__(self, environ: dict[str, str], log: Path) -> None:
        self._group, self.url = programs.web(environ, log)

    def again(self) -> None:
        self._group.kill()
        self._group.start()

    def kill(self) -> None:
        self._group.kill()


@contextmanager
def _web(home: Path, url: str) -> Iterator[_Web]:
    web = _Web(programs.environment(home, DATABASE_URL=url), home / "web.log")
    try:
        yield web
    finally:
        web.kill()


def _make_form(url: str) -> None:
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        forms.create_form(session, FormIn().load(FORM), datetime.now(UTC))
    engine.dispose()


class _Browsers:
    """Post until they are stopped; who meets a closed port tries again with the same post, as people do."""

    def __init__(self, url: str, figures: Figures) -> None:
        self._host, self._figures = url.removeprefix("http://"), figures
        self._numbers, self._lock = count(1), threading.Lock()
        self._stopping = threading.Event()
        #: set while the database is away
        self.away = threading.Event()
        self._threads = [threading.Thread(target=self._post_on) for _ in range(BROWSERS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _post_on(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                number = next(self._numbers)
            body = {"email": f"lead{number}@example.com", "newsletter": True, "submission_id": str(uuid4())}
            self._post(json.dumps(body).encode(), again=False)
            if number % DOUBLE == 0:
                self._post(json.dumps(body).encode(), again=True)
            time.sleep(PAUSE)

    def _post(self, body: bytes, *, again: bool) -> None:
        away, started = self.away.is_set(), time.monotonic()
        status = self._answered(body)
        with self._lock:
            self._figures.posts += 1
            self._figures.repeats += again
            self._figures.while_away += away and self.away.is_set()
            self._figures.slowest = max(self._figures.slowest, time.monotonic() - started)
            if status != http.client.CREATED:
                self._figures.refused[status] = self._figures.refused.get(status, 0) + 1

    def _answered(self, body: bytes) -> int:
        while True:
            connection = http.client.HTTPConnection(self._host, timeout=30)
            try:
                connection.request("POST", "/f/outage", body, {"Content-Type": "application/json"})
                return connection.getresponse().status
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()


def _wait_until_drained(url: str, patience: float = 300) -> None:
    deadline = time.monotonic() + patience
    while waiting := _waiting(url):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{waiting:.0f} posts were not handed over in {patience:.0f} s")
        time.sleep(0.2)


def _waiting(url: str) -> float:
    with urllib.request.urlopen(f"{url}/metrics", timeout=30) as answer:
        told = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[:1] != "#")
    return float(told["funnel_spool_waiting"])


def _count(url: str, figures: Figures) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        figures.leads = connection.scalar(text("SELECT count(*) FROM leads")) or 0
        figures.submissions = (
            connection.scalar(text("SELECT count(*) FROM submissions WHERE outcome = 'accepted'")) or 0
        )
        figures.consents = connection.scalar(text("SELECT count(*) FROM consents WHERE action = 'granted'")) or 0
    engine.dispose()
