"""What stands for real time rings in real time, also when the installation is started again at another speed."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from funnel.clock import EngineClock
from nurture_sequences import programs, real_time
from nurture_sequences.mailers import Unavailable, Unknown
from tests import factories
from tests.conftest import KEYS, NOW
from tests.playing import Play
from wsgi import command

FAST = 20_000


@pytest.fixture
def fast(committed):
    """An installation at a great speed, with Lena about to get her first mail."""
    programs.forget()
    with committed.database.transaction() as session:
        factories.sequence(session)
        lena = factories.lead(session, "lena@example.com")
        factories.submitted(session, lena)
    playing = Play(committed)
    playing.context._clock = EngineClock(NOW, NOW, FAST)
    yield playing
    playing.engine.close()


def restarted(play, speed):
    """Another process on the same database, at another speed; nobody knows any more what was on its way."""
    before = play.context.clock
    wall = play.context.at
    after = before.with_speed(speed, wall)
    with play.context.database.transaction() as session:
        real_time.keep(session, play.context.settings, before, after, wall)
    again = Play(play.context, play.outbox)
    again.context.at, again.context._clock = wall, after
    return again


def lose_chunks(play, monkeypatch):
    monkeypatch.setattr(play.actors, "send", lambda *chunk: None)


def pass_real(play, **duration):
    play.until(play.context.at + timedelta(**duration), step=timedelta(seconds=1))


def clock_of(play, table):
    with play.context.database.transaction() as session:
        return session.scalar(text(f"SELECT due_at FROM {table}"))


def test_a_step_that_was_handed_out_goes_on_within_seconds(fast, monkeypatch):
    fast.pulse.turn()
    lose_chunks(fast, monkeypatch)
    fast.pulse.turn()
    assert clock_of(fast, "enrollments") - fast.context.now() > timedelta(days=27)

    slow = restarted(fast, 1)
    pass_real(slow, seconds=2)

    assert len(slow.outbox.sent) == 1


def test_so_does_a_mail(fast, monkeypatch):
    fast.pulse.turn()
    fast.pulse.turn()
    lose_chunks(fast, monkeypatch)
    fast.pulse.turn()
    assert clock_of(fast, "messages") - fast.context.now() > timedelta(days=27)

    slow = restarted(fast, 1)
    pass_real(slow, seconds=2)

    assert len(slow.outbox.sent) == 1


def test_a_mail_to_be_tried_again_is_tried_within_seconds(fast):
    answer, fast.outbox.answer = fast.outbox.answer, lambda email: Unavailable("busy", 3600, account_wide=False)
    fast.turn()
    assert clock_of(fast, "messages") - fast.context.now() > timedelta(days=800)

    slow = restarted(fast, 1)
    slow.outbox.answer = answer
    pass_real(slow, seconds=2)

    assert len(slow.outbox.sent) == 1


@pytest.mark.parametrize(("before", "after"), [(FAST, 1), (1, FAST), (FAST, 50)])
def test_a_mail_in_doubt_keeps_what_is_left_of_its_grace(fast, before, after):
    fast.context._clock = EngineClock(NOW, NOW, before)
    fast.outbox.answer = lambda email: Unknown("no answer")
    fast.turn()
    fast.context.at += timedelta(seconds=300)

    play = restarted(fast, after)

    left = (clock_of(play, "messages") - play.context.now()) / after
    assert left.total_seconds() == pytest.approx(600, abs=1)


def test_a_wait_keeps_its_hour_in_engine_time(fast):
    fast.turn()
    hour = clock_of(fast, "enrollments")
    fast.context.at += timedelta(seconds=2)
    assert hour > fast.context.now() + timedelta(days=1)

    slow = restarted(fast, 1)
    pass_real(slow, seconds=2)

    assert clock_of(slow, "enrollments") == hour
    assert len(slow.outbox.sent) == 1


def test_a_mail_that_waits_for_its_window_goes_on_waiting(committed, fast):
    closed = {**factories.WELCOME, "key": "sunday", "window": {"days": "sun", "from": "09:00", "to": "10:00"}}
    with committed.database.transaction() as session:
        session.execute(text("DELETE FROM pending_facts"))
        factories.sequence(session, {**closed, "enter": {"form": "sunday"}})
        lena = factories.lead(session, "omar@example.com")
        factories.submitted(session, lena, form="sunday")
    fast.turn()
    opens = clock_of(fast, "messages")

    slow = restarted(fast, 1)
    pass_real(slow, seconds=2)

    assert clock_of(slow, "messages") == opens
    assert slow.outbox.sent == []


def test_a_start_at_another_speed_mends_the_clocks(committed, fast, tmp_path, monkeypatch):
    environ = {**KEYS, "DATABASE_URL": committed.settings.database_url, "FUNNEL_HOME": str(tmp_path)}
    CliRunner(env=environ).invoke(command, ["prepare", "--speed", str(FAST)], prog_name="funnel")
    fast.context.at, fast.context._clock = committed.wall(), committed.clock
    fast.pulse.turn()
    lose_chunks(fast, monkeypatch)
    fast.pulse.turn()
    far = clock_of(fast, "enrollments")

    result = CliRunner(env=environ).invoke(command, ["prepare"], prog_name="funnel")

    assert result.exit_code == 0, result.output
    assert clock_of(fast, "enrollments") < far - timedelta(days=20)
