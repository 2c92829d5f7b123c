"""No sequence delays the others at the hand-out, and no room is left empty while something is due."""

from datetime import timedelta

import pytest
from sqlalchemy import event as listening
from sqlalchemy import text

from nurture_sequences import programs
from nurture_sequences.handing_out import MAILS_IN_CHUNK, STEPS_IN_CHUNK, Limits
from nurture_sequences.shares import fair
from tests import factories
from tests.conftest import NOW
from tests.playing import Play


@pytest.mark.parametrize(
    ("sources", "shares"),
    [
        ({}, {}),
        ({1: 1}, {1: 200}),
        ({1: 1, 2: 2}, {1: 100, 2: 100}),
        # three versions of the sequence 1
        ({11: 1, 12: 1, 13: 1, 21: 2}, {11: 34, 12: 34, 13: 34, 21: 100}),
    ],
)
def test_each_sequence_gives_as_many_whatever_its_versions(sources, shares):
    assert fair(sources, 200) == shares


def test_every_sequence_gives_a_row_when_there_are_more_than_there_is_room():
    assert set(fair({n: n for n in range(500)}, 200).values()) == {1}


@pytest.fixture
def busy(committed):
    """A campaign with a thousand leads, and three others whose ten leads each are due an hour later."""
    programs.forget()
    with committed.database.transaction() as session:
        for key, leads, due_at in (
            ("campaign", 1000, NOW - timedelta(hours=2)),
            *((f"small{n}", 10, NOW - timedelta(hours=1)) for n in range(3)),
        ):
            of = factories.sequence(session, {**factories.WELCOME, "key": key})
            enroll(session, of, leads, due_at)
    return Play(committed)


def enroll(session, sequence, leads, due_at):
    """New leads of that sequence, whose first step is due."""
    session.execute(
        text("""
            WITH l AS (
                INSERT INTO leads (email, stage_since, created_at, updated_at)
                SELECT concat(CAST(:key AS text), n, '@example.com'), :now, :now, :now
                  FROM generate_series(1, :leads) AS n RETURNING id
            )
            INSERT INTO enrollments (sequence_id, version_id, lead_id, entered_at, due_at, started_at)
            SELECT v.sequence_id, v.id, l.id, :due_at, :due_at, :due_at FROM versions v, l WHERE v.sequence_id = :id
        """),
        {"key": sequence.key, "now": NOW, "leads": leads, "due_at": due_at, "id": sequence.id},
    )


def queue_mails(session):
    """Each enrollment waits for its first mail, which is due when the enrollment was."""
    session.execute(
        text("""
            INSERT INTO messages (id, occasion, address, lead_id, enrollment_id, version_id, step, purpose, due_at,
                                  queued_at)
            SELECT gen_random_uuid(), concat('visit', chr(58), id, chr(58), 1), 'x@example.com', lead_id, id,
                   version_id, 'hello', 'marketing', due_at, due_at FROM enrollments
        """)
    )
    session.execute(text("UPDATE enrollments SET due_at = 'infinity', held = 'message', step = 'hello', visit = 1"))


def handed_out(play, monkeypatch):
    """The ids of one turn."""
    sent = []
    monkeypatch.setattr(play.actors, "send", lambda actor, handout, deadline, ids: sent.extend(ids))
    play.pulse.limits = Limits("test", 1)
    play.pulse.turn()
    return sent


def count_by_sequence(play, sql, ids):
    with play.context.database.transaction() as session:
        return {row.key: row.count for row in session.execute(text(sql), {"ids": ids})}


def test_a_campaign_leaves_room_for_the_mails_of_the_others_and_takes_what_they_leave(busy, monkeypatch):
    with busy.context.database.transaction() as session:
        queue_mails(session)

    mails = handed_out(busy, monkeypatch)

    by_sequence = """SELECT s.key, count(*) FROM messages m JOIN versions v ON v.id = m.version_id
                       JOIN sequences s ON s.id = v.sequence_id WHERE m.id = ANY (:ids) GROUP BY 1"""
    assert count_by_sequence(busy, by_sequence, mails) == {
        "campaign": MAILS_IN_CHUNK - 30,
        "small0": 10,
        "small1": 10,
        "small2": 10,
    }


def test_so_do_its_steps(busy, monkeypatch):
    steps = handed_out(busy, monkeypatch)

    by_sequence = """SELECT s.key, count(*) FROM enrollments e JOIN sequences s ON s.id = e.sequence_id
                      WHERE e.id = ANY (:ids) GROUP BY 1"""
    assert count_by_sequence(busy, by_sequence, steps) == {
        "campaign": STEPS_IN_CHUNK - 30,
        "small0": 10,
        "small1": 10,
        "small2": 10,
    }


def test_a_campaign_alone_is_handed_out_in_one_statement(committed, monkeypatch):
    programs.forget()
    with committed.database.transaction() as session:
        enroll(session, factories.sequence(session), 1000, NOW)
        queue_mails(session)
    play = Play(committed)
    updates = []
    note = lambda *arguments: updates.append(arguments[2])  # noqa: E731
    listening.listen(committed.database.bind, "before_cursor_execute", note)

    mails = handed_out(play, monkeypatch)

    listening.remove(committed.database.bind, "before_cursor_execute", note)
    assert len(mails) == MAILS_IN_CHUNK
    assert len([one for one in updates if "UPDATE messages" in one]) == 1
