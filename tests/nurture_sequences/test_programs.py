"""Published versions that this release cannot read: they concern those inside them, and nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from nurture_sequences import programs
from nurture_sequences.mailers import Unknown
from tests import factories


@pytest.fixture
def broken(session):
    """A live sequence whose version no program can be made of."""
    row = factories.sequence(session, {**factories.WELCOME, "key": "broken"})
    spoil(session, row.id)
    return row


def spoil(session, sequence_id):
    session.execute(
        text("UPDATE versions SET document = '{\"steps\": 7}' WHERE sequence_id = :id"), {"id": sequence_id}
    )


def test_leads_enter_the_other_sequences(play, session, broken):
    good = factories.sequence(session)
    factories.submitted(session, factories.lead(session))
    session.commit()

    play.turn()

    assert session.scalars(text("SELECT sequence_id FROM enrollments")).all() == [good.id]
    assert session.scalar(text("SELECT count(*) FROM pending_facts")) == 0


def test_a_mail_in_doubt_is_held_and_the_pulse_lives_on(play, session):
    welcome = factories.sequence(session)
    factories.submitted(session, factories.lead(session))
    session.commit()
    play.outbox.answer = lambda email: Unknown("reset")
    play.turn()
    spoil(session, welcome.id)
    session.commit()
    programs.forget()

    play.until(play.context.at + timedelta(hours=1))

    assert session.scalar(text("SELECT held FROM messages")) == "unknown"
