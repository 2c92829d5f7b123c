"""The same short story through real worker processes, whatever broker carries the work."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from funnel.context import Context
from tests import factories
from tests.servers import programs
from tests.servers.brokers import Broker
from tests.servers.required import required_broker
from tests.servers.sendgrid import SendGrid

LEADS = 5
WORKERS = 2
DOCUMENT = {
    "key": "short",
    "enter": {"form": "guide"},
    "steps": [
        {"id": "one", "email": {"subject": "one", "text": "The first."}},
        {"id": "pause", "wait": {"for": "1 second"}},
        {"id": "two", "email": {"subject": "two", "text": "The second."}},
        {"id": "warm", "stage": "lead"},
    ],
}


@pytest.fixture(scope="module", params=["memory", "redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with required_broker(request.param, tmp_path_factory.mktemp(request.param)) as started:
        yield started


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[SendGrid]:
    with SendGrid(tmp_path) as fake:
        yield fake


@pytest.fixture
def workers(committed: Context, broker: Broker, provider: SendGrid, tmp_path: Path) -> Iterator[list[programs.Worker]]:
    """Two worker processes that start with the test's first lead."""
    environ = programs.environment(
        tmp_path,
        DATABASE_URL=committed.settings.database_url,
        BROKER_URL=broker.url or "",
        SENDGRID_API_KEY="SG.test",
        SENDGRID_HOST=provider.url,
    )
    processes = [programs.Worker(environ, tmp_path / f"worker{number}.log") for number in range(WORKERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.wait_until(lambda process=process: process.ready)
    yield processes
    for process in processes:
        process.stop()


def test_a_form_fact_becomes_mails_in_order_and_a_stage(committed, provider, workers):
    begin(committed)

    wait_until(lambda: finished(committed))

    assert mails(provider) == {f"lead{n}@short.example": ["one", "two"] for n in range(LEADS)}
    with committed.database.transaction() as session:
        statuses = session.execute(text("SELECT status, count(*) FROM messages GROUP BY 1")).all()
    assert statuses == [("accepted", 2 * LEADS)]


# Without a broker, what forgets is a killed worker: that is what `./run prove kills` shows.
@pytest.mark.parametrize("broker", ["redis", "rabbitmq"], indirect=True, scope="module")
def test_a_broker_that_forgets_everything_loses_nothing(committed, provider, workers, broker):
    begin(committed)

    for count in (1, LEADS, LEADS + 1):
        wait_until(lambda count=count: len(provider.messages()) >= count)
        broker.flush()
    wait_until(lambda: finished(committed))

    assert mails(provider) == {f"lead{n}@short.example": ["one", "two"] for n in range(LEADS)}


@pytest.mark.parametrize("broker", ["memory"], indirect=True, scope="module")
def test_a_worker_that_is_asked_to_stop_leaves_no_mail_in_doubt(committed, provider, workers):
    provider.script(latency=0.2)
    begin(committed)

    wait_until(lambda: provider.stats()["open"] > 0)
    for worker in workers:
        worker.stop()

    with committed.database.transaction() as session:
        statuses = set(session.execute(text("SELECT DISTINCT status FROM messages")).scalars())
        accepted = session.execute(text("SELECT count(*) FROM messages WHERE status = 'accepted'")).scalar_one()
        handouts = session.execute(text("SELECT count(*) FROM handouts")).scalar_one()
    assert statuses <= {"queued", "accepted"}
    assert accepted == len(provider.messages()) > 0
    assert handouts == 0, "what was not begun waits for no clock"


def begin(context: Context) -> None:
    with context.database.transaction() as session:
        now = context.now()
        factories.sequence(session, DOCUMENT)
        for number in range(LEADS):
            lead = factories.lead(session, f"lead{number}@short.example", at=now)
            factories.submitted(session, lead, at=now)


def finished(context: Context) -> bool:
    """Every lead has gone through the whole sequence, and nothing is left to react to."""
    with context.database.transaction() as session:
        done = session.execute(
            text("""
                SELECT (SELECT count(*) FROM enrollments JOIN leads ON leads.id = lead_id
                         WHERE reason = 'finished' AND stage = 'lead'), (SELECT count(*) FROM pending_facts)
            """)
        ).one()
    return tuple(done) == (LEADS, 0)


def mails(provider: SendGrid) -> dict[str, list[str]]:
    """The subjects each address got, in the order the provider took them."""
    taken: dict[str, list[str]] = defaultdict(list)
    for message in provider.messages():
        taken[message["to"]].append(message["subject"])
    return dict(taken)


def wait_until(true: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
