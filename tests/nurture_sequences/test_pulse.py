"""The pulse asks what is due by indexes alone, however much is held, and lets first go what somebody waits for."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from nurture_sequences import programs
from nurture_sequences.handing_out import Limits
from tests import factories
from tests.conftest import NOW
from tests.playing import Play

MANY = 5000


@pytest.fixture
def held(committed):
    """A paused sequence with many mails held in it, beside one that is live."""
    with committed.database.transaction() as session:
        paused = factories.sequence(session, status="paused")
        factories.sequence(session, {**factories.WELCOME, "key": "live"})
        session.execute(
            text(
                "INSERT INTO leads (email, stage_since, created_at, updated_at) "
                "SELECT concat('held', n, '@example.com'), now(), now(), now() FROM generate_series(1, :many) AS n"
            ),
            {"many": MANY},
        )
        session.execute(
            text(
                "INSERT INTO enrollments "
                "(sequence_id, version_id, lead_id, step, visit, held, entered_at, due_at, started_at) "
                "SELECT v.sequence_id, v.id, l.id, 'hello', 1, 'message', now(), 'infinity', now() "
                "FROM versions v, leads l WHERE v.sequence_id = :paused"
            ),
            {"paused": paused.id},
        )
        session.execute(
            text(
                "INSERT INTO messages (id, occasion, address, lead_id, enrollment_id, version_id, step, purpose, "
                "due_at, queued_at, held) SELECT gen_random_uuid(), concat('visit', chr(58), id, chr(58), visit), "
                "'somebody@example.com', lead_id, id, version_id, step, 'marketing', 'infinity', now(), 'paused' "
                "FROM enrollments"
            )
        )
    with committed.database.transaction() as session:
        session.execute(text("ANALYZE"))
    programs.forget()
    return Play(committed)


def test_mails_held_in_a_paused_sequence_are_not_looked_at(held):
    with held.context.database.transaction() as session:
        before = read(session)
        looked = held.pulse.look(session)
        rows = read(session) - before

    assert not looked.unpaused
    assert rows < MANY / 10


def test_they_go_when_it_resumes(held):
    with held.context.database.transaction() as session:
        session.execute(text("UPDATE sequences SET status = 'live'"))

    held.pulse.turn()

    with held.context.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM messages WHERE held IS NULL")) == 500


def test_a_confirmation_does_not_queue_behind_a_campaign(held):
    held.pulse.limits = Limits("test", 1)
    with held.context.database.transaction() as session:
        omar = factories.lead(session, agreed=False)
        session.execute(text("UPDATE messages SET held = NULL, due_at = :now"), {"now": NOW - timedelta(hours=1)})
        factories.submitted(session, omar, double_opt_in=True, submission="0192f3c4-7b7e-7c50-9d5e-1f0c2a7d9e11")
    held.pulse.turn()

    held.pulse.turn()

    assert [email.to for email in held.outbox.sent] == [omar.email]


def read(session):
    """Rows of messages and enrollments that this transaction has fetched so far."""
    return session.scalar(
        text("SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_all_tables WHERE relname = ANY (:tables)"),
        {"tables": ["messages", "enrollments"]},
    )
