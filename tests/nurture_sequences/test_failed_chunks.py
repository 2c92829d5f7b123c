"""A chunk that fails for a cause that passes costs its rows some seconds, and the other leads nothing."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from funnel.context import Context
from funnel.db import Database, open_engine
from nurture_sequences import messages, programs
from nurture_sequences.failed_chunks import PAUSE_SECONDS
from nurture_sequences.mailers import Accepted
from tests import factories
from tests.conftest import NOW
from tests.playing import Play

SOON = NOW + timedelta(seconds=PAUSE_SECONDS)
LOCK = text("SELECT FROM leads WHERE id = :id FOR UPDATE")


@pytest.fixture
def played(committed_url, settings):
    """Makes an engine on real commits, with its own limits of time."""
    made = []
    programs.forget()

    def play(**limits):
        bind = open_engine(committed_url, **limits)
        playing = Play(Context(replace(settings, database_url=committed_url), Database(bind)))
        made.append((playing, bind))
        return playing

    yield play
    for playing, bind in made:
        playing.engine.close()
        bind.dispose()


@pytest.fixture
def cast(committed):
    """Lena and Omar, whose first steps are due in one chunk."""
    with committed.database.transaction() as session:
        sequence = factories.sequence(session)
        cast = [factories.lead(session), factories.lead(session)]
        for lead in cast:
            session.execute(
                text(
                    "INSERT INTO enrollments (sequence_id, version_id, lead_id, entered_at, due_at, started_at) "
                    "SELECT sequence_id, id, :lead, :now, :now, :now FROM versions WHERE sequence_id = :sequence"
                ),
                {"lead": lead.id, "now": NOW, "sequence": sequence.id},
            )
    return cast


def clocks(committed):
    with committed.database.transaction() as session:
        return session.scalars(text("SELECT due_at FROM enrollments ORDER BY lead_id")).all()


def test_its_rows_ring_again_in_some_seconds_and_not_at_full_speed(committed, played, cast):
    play = played(timeout_seconds=0.2)
    with committed.database.transaction() as other:
        other.execute(LOCK, {"id": cast[0].id})
        with pytest.raises(OperationalError):
            play.pulse.turn()
        assert clocks(committed) == [NOW + timedelta(seconds=120)] * 2

        assert not play.pulse.turn()

        assert clocks(committed) == [SOON] * 2
    play.context.at = SOON
    play.turn()
    assert len(play.outbox.sent) == 2


def test_the_others_of_a_chunk_go_on_while_somebody_holds_a_lead(committed, played, cast):
    lena, omar = cast
    play = played(lock_seconds=0.2)
    with committed.database.transaction() as other:
        other.execute(LOCK, {"id": lena.id})

        play.turn()

        assert [email.to for email in play.outbox.sent] == [omar.email]
        assert clocks(committed)[0] == SOON
    play.context.at = SOON
    play.turn()
    assert [email.to for email in play.outbox.sent] == [omar.email, lena.email]


def test_the_mails_of_a_chunk_leave_while_somebody_holds_a_lead(committed, played, cast):
    lena, omar = cast
    play = played(lock_seconds=0.2)
    play.pulse.turn()  # both mails are written, none has left
    with committed.database.transaction() as other:
        other.execute(LOCK, {"id": lena.id})

        play.turn()

        assert [email.to for email in play.outbox.sent] == [omar.email]
    play.context.at = SOON
    play.turn()
    assert [email.to for email in play.outbox.sent] == [omar.email, lena.email]


def test_what_the_provider_said_of_the_others_is_written_while_somebody_holds_a_lead(committed, played, cast):
    lena, omar = cast
    play = played(lock_seconds=0.2)
    play.pulse.turn()  # both mails are written, none has left
    held, let_go = threading.Event(), threading.Event()

    def hold():
        with committed.database.transaction() as other:
            other.execute(LOCK, {"id": lena.id})
            held.set()
            let_go.wait(30)

    def accept(email):
        if email.to == lena.email:
            holders.submit(hold)
            held.wait(30)
        return Accepted(None)

    def deliver():
        messages._pace.seconds = 0.001  # both in one bite
        play.turn()

    def statuses():
        with committed.database.transaction() as session:
            return dict(session.execute(text("SELECT address, status FROM messages")).all())

    play.outbox.answer = accept
    with ThreadPoolExecutor() as holders, ThreadPoolExecutor() as workers:
        try:
            work = workers.submit(deliver)
            end = time.monotonic() + 30
            while statuses() != {lena.email: "sending", omar.email: "accepted"}:
                assert time.monotonic() < end, statuses()
                time.sleep(0.02)
        finally:
            let_go.set()
        work.result(30)

    assert statuses() == {lena.email: "accepted", omar.email: "accepted"}


def test_a_database_that_will_not_let_mails_be_claimed_is_not_asked_at_full_speed(committed, played, cast):
    play = played(timeout_seconds=0.2)
    play.pulse.turn()
    with committed.database.transaction() as other:
        other.execute(LOCK, {"id": cast[0].id})
        with pytest.raises(OperationalError):
            play.pulse.turn()

        assert not play.pulse.turn()
        assert not play.pulse.turn()

    play.context.at = SOON
    play.turn()
    assert len(play.outbox.sent) == 2


def test_a_deadlock_costs_its_leads_some_seconds(committed, played, cast):
    lena, omar = cast
    # Who looks for a deadlock first is the one to be told of it: the chunk, after two seconds.
    with committed.database.transaction() as session:
        session.execute(text(f'ALTER DATABASE "{committed.database.bind.url.database}" SET deadlock_timeout = 2000'))
    play = played()
    with ThreadPoolExecutor(1) as threads, committed.database.transaction() as other:
        other.execute(text("SET LOCAL deadlock_timeout = 60000"))
        other.execute(LOCK, {"id": omar.id})
        turn = threads.submit(play.pulse.turn)
        wait_until_blocked(committed)
        other.execute(LOCK, {"id": lena.id})

        turn.result(timeout=30)

    play.pulse.turn()

    # Lena's lock was free for a moment: she may have gone on.
    assert clocks(committed)[1] == SOON
    play.context.at = SOON
    play.turn()
    assert len(play.outbox.sent) == 2


def test_mails_that_the_disk_kept_from_leaving_go_some_seconds_after(committed, played, cast, settings):
    play = played()
    folder = settings.home / "posting"
    folder.touch()  # no note can be written
    with pytest.raises(OSError, match="posting"):
        play.turn()
    play.pulse.turn()
    assert play.outbox.sent == []
    folder.unlink()

    play.context.at = SOON
    play.turn()

    assert len(play.outbox.sent) == 2


def test_a_row_that_went_on_before_its_chunk_failed_keeps_the_clock_it_was_given(committed, played, cast):
    play = played(timeout_seconds=0.2)
    later = NOW + timedelta(hours=1)
    with committed.database.transaction() as other:
        other.execute(LOCK, {"id": cast[1].id})
        with pytest.raises(OperationalError):
            play.pulse.turn()
    with committed.database.transaction() as session:
        session.execute(
            text("UPDATE enrollments SET due_at = :at WHERE lead_id = :id"), {"at": later, "id": cast[0].id}
        )

    play.pulse.turn()

    assert clocks(committed) == [later, SOON]


def wait_until_blocked(committed):
    blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with committed.database.transaction() as session:
            if session.scalar(blocked):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits for a lock")
