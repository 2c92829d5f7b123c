"""Crashes, races and dead providers: one mail, or none, and never one that only the database believes in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from funnel.context import Context
from funnel.crm import consents, installation
from funnel.crm.consents import Proof
from nurture_sequences import enrollments, message_events, messages, programs, provider_events
from nurture_sequences.mailers import Email, Mailer, Outcome
from nurture_sequences.mailers.mailbox import LocalMailbox
from nurture_sequences.mailers.sendgrid import SendGridMailer
from nurture_sequences.mailers.smtp import SmtpMailer
from tests import factories
from tests.conftest import NOW
from tests.fakes.sendgrid import FakeSendGrid
from tests.playing import Outbox, Play
from tests.servers import programs as programs_of
from tests.servers.group import free_port

THREADS = 40
KEY = programs_of.KEYS["FINGERPRINT_KEY"].encode()
FULL_DISK = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON mailbox FOR EACH ROW EXECUTE FUNCTION full_disk()
"""


@pytest.fixture(autouse=True)
def no_programs_of_other_databases():
    programs.forget()


@dataclass
class DiesAfterPosting(Outbox):
    """The process ends when the mail has left and before anybody could write that down."""

    def send(self, emails: Sequence[Email], may_send: Callable[[], bool]) -> Iterator[tuple[Email, Outcome]]:
        for _ in super().send(emails, may_send):
            raise SystemExit


@dataclass
class Interrupted(Outbox):
    """Something happens while the mail is on the wire."""

    meanwhile: Callable[[], object] = field(default=lambda: None)

    def send(self, emails: Sequence[Email], may_send: Callable[[], bool]) -> Iterator[tuple[Email, Outcome]]:
        for sent in super().send(emails, may_send):
            self.meanwhile()
            yield sent


def test_forty_threads_advance_and_deliver_one_enrollment_and_one_mail_leaves(committed):
    play = Play(committed)
    begin(committed, "lena@example.com")
    react(play)
    enrollment = value(committed, "SELECT id FROM enrollments")
    together = threading.Barrier(THREADS)

    def advance_and_deliver(_: int) -> None:
        together.wait()
        with committed.database.transaction() as session:
            enrollments.advance(session, [enrollment], NOW)
        messages.deliver(play.engine, column(committed, "SELECT id FROM messages"), NOW + timedelta(minutes=1))

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(advance_and_deliver, range(THREADS)))

    assert play.outbox.subjects() == ["Hello"]
    assert column(committed, "SELECT status FROM messages") == ["accepted"]
    assert column(committed, "SELECT kind FROM events WHERE kind = 'message_accepted'") == ["message_accepted"]


def test_a_crash_between_send_and_record_leaves_one_mail_that_the_providers_event_settles(committed):
    play = Play(committed, DiesAfterPosting())
    begin(committed, "lena@example.com")
    with pytest.raises(SystemExit):
        play.turn()
    assert column(committed, "SELECT status FROM messages") == ["sending"]

    play.engine.mailer = after = Outbox()
    play.after(hours=3)

    assert play.outbox.subjects() == ["Hello"]
    assert after.subjects() == []
    assert rows(committed, "SELECT status, held FROM messages") == [("unknown", "unknown")]

    delivered(play, value(committed, "SELECT id FROM messages"))
    play.after(days=3)

    assert column(committed, "SELECT status FROM messages ORDER BY queued_at") == ["accepted", "accepted"]
    assert after.subjects() == ["More"]


def test_a_handout_that_is_lost_rings_again_after_its_time(committed, monkeypatch):
    play = Play(committed)
    begin(committed, "lena@example.com")
    react(play)
    with monkeypatch.context() as lost:
        lost.setattr(play.actors, "send", lambda *chunk: None)
        play.pulse.turn()
    assert value(committed, "SELECT count(*) FROM handouts") == 1

    play.after(seconds=committed.settings.handout_seconds - 1)
    assert play.outbox.sent == []
    play.after(seconds=2)

    assert play.outbox.subjects() == ["Hello"]


def test_unsubscribing_while_a_mail_is_on_the_wire_stops_the_rest(committed):
    outbox = Interrupted(meanwhile=lambda: withdraw(committed))
    play = Play(committed, outbox)
    begin(committed, "lena@example.com")

    play.after(days=5)

    assert outbox.subjects() == ["Hello"]
    assert rows(committed, "SELECT status, reason FROM enrollments") == [("ended", "unsubscribed")]


def test_unsubscribing_while_a_worker_holds_the_row_waits_for_it_and_no_mail_leaves(committed):
    play = Play(committed)
    begin(committed, "lena@example.com")
    react(play)
    unsubscribing = threading.Thread(target=withdraw, args=(committed,))

    with committed.database.transaction() as session:
        enrollments.advance(session, column(committed, "SELECT id FROM enrollments"), NOW)
        unsubscribing.start()
        wait_until(lambda: value(committed, "SELECT count(*) FROM pg_locks WHERE NOT granted") > 0)
    unsubscribing.join()
    play.after(days=5)

    assert play.outbox.sent == []
    assert rows(committed, "SELECT status, reason FROM enrollments") == [("ended", "unsubscribed")]
    assert column(committed, "SELECT status FROM messages") == ["skipped"]


def no_provider(context: Context) -> Mailer:
    return SendGridMailer("SG.test", f"http://127.0.0.1:{free_port()}")


def no_smtp_server(context: Context) -> Mailer:
    return SmtpMailer(f"smtp://127.0.0.1:{free_port()}")


def full_disk(context: Context) -> Mailer:
    with context.database.transaction() as session:
        session.execute(text(FULL_DISK))
    return LocalMailbox(context.database)


@pytest.mark.parametrize("dead", [no_provider, no_smtp_server, full_disk])
def test_what_no_sink_counted_is_never_accepted(committed, dead):
    play = Play(committed)
    play.engine.mailer = dead(committed)
    begin(committed, "lena@example.com")

    play.until(NOW + timedelta(minutes=10), step=timedelta(seconds=30))
    play.engine.mailer.close()

    assert column(committed, "SELECT status FROM messages") == ["queued"]
    assert value(committed, "SELECT count(*) FROM events WHERE kind = 'message_accepted'") == 0
    assert value(committed, "SELECT count(*) FROM mailbox") == 0
    assert column(committed, "SELECT step FROM enrollments") == ["hello"]


def test_a_provider_that_hangs_up_after_reading_leaves_doubt_and_never_acceptance(committed):
    play = Play(committed)
    begin(committed, "lena@example.com")

    with FakeSendGrid(check="none") as fake:
        fake.script(chances={"reset": 1.0})
        play.engine.mailer = SendGridMailer("SG.test", fake.url)
        play.after(hours=3)
        play.engine.mailer.close()
        taken, received = fake.messages, fake.state.received

    assert (taken, received) == ([], 1)
    assert rows(committed, "SELECT status, held FROM messages") == [("unknown", "unknown")]
    assert value(committed, "SELECT count(*) FROM events WHERE kind = 'message_accepted'") == 0


def test_a_poison_row_is_set_aside_with_its_reason_and_its_batch_goes_on(committed):
    play = Play(committed)
    begin(committed, "lena@example.com", "omar@example.com", "noor@example.com")
    react(play)
    run(
        committed,
        "UPDATE enrollments SET step = 'gone', visit = 1 WHERE lead_id = "
        "(SELECT id FROM leads WHERE email = 'omar@example.com')",
    )

    play.after(days=5)

    assert len(play.outbox.subjects("lena@example.com")) == len(play.outbox.subjects("noor@example.com")) == 2
    assert play.outbox.subjects("omar@example.com") == []
    aside = rows(committed, "SELECT held, due_at = 'infinity', reason FROM enrollments WHERE status = 'active'")
    assert aside == [("error", True, "KeyError")]


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"DATABASE_URL": "postgresql://postgres@/funnel?host=/nowhere"}, "The worker cannot start: connection to"),
        ({"FINGERPRINT_KEY": "another-fingerprint-key-0123456789abcd"}, "FINGERPRINT_KEY is not the key this database"),
    ],
)
def test_a_worker_that_may_not_work_ends_with_a_line_and_takes_nothing_up(committed, tmp_path, wrong, line):
    with committed.database.transaction() as session:
        installation.start_up(session, replace(committed.settings, fingerprint_key=KEY), committed.wall())
    begin(committed, "lena@example.com")

    with worker(committed, tmp_path, **wrong) as process:
        wait_until(lambda: not process.alive)

    assert line in process.said()
    assert value(committed, "SELECT count(*) FROM messages") == 0


def begin(context: Context, *emails: str) -> None:
    """The welcome sequence, and these leads, who have just asked for the guide."""
    with context.database.transaction() as session:
        factories.sequence(session)
        for email in emails:
            factories.submitted(session, factories.lead(session, email))


def worker(context: Context, home: Path, **settings: str) -> programs_of.Worker:
    environ = programs_of.environment(home, DATABASE_URL=context.settings.database_url)
    return programs_of.Worker(environ | settings, home / "worker.log")


def react(play: Play) -> None:
    """Enroll whoever waits for it, and stop there."""
    play.actors.send("react", uuid4(), play.context.wall() + timedelta(minutes=1), [])


def withdraw(context: Context) -> None:
    with context.database.transaction() as session:
        lead = session.execute(text("SELECT id FROM leads")).scalar_one()
        consents.withdraw(session, lead, None, NOW, proof=Proof("link"))


def delivered(play: Play, message_id: object) -> None:
    """SendGrid tells that it delivered this mail."""
    posted = [{"event": "delivered", "sg_event_id": "e1", "mid": str(message_id), "timestamp": NOW.timestamp()}]
    context = play.context
    with context.database.transaction() as session:
        events = provider_events.read(posted, context.clock.now, context.now())
        message_events.record(session, events, context.now(), context.settings.fingerprint_key)


def rows(context: Context, query: str) -> list[tuple]:
    with context.database.transaction() as session:
        return [tuple(row) for row in session.execute(text(query))]


def column(context: Context, query: str) -> list:
    return [row[0] for row in rows(context, query)]


def value(context: Context, query: str) -> object:
    return column(context, query)[0]


def run(context: Context, statement: str) -> None:
    with context.database.transaction() as session:
        session.execute(text(statement))


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)
