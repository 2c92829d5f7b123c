"""A lead fills in a form and is nurtured, in simulated time."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from funnel.models import Event, Lead
from nurture_sequences import programs
from nurture_sequences.models import Enrollment, Message, Visit
from tests import factories
from tests.conftest import NOW
from tests.playing import Play


@pytest.fixture
def play(context):
    programs.forget()
    playing = Play(context)
    yield playing
    playing.engine.close()


def test_the_mails_leave_in_order_and_the_stage_moves(play, session):
    """The form makes a lead of the subscriber, by rule; the sequence lifts it further."""
    steps = [*factories.WELCOME["steps"][:-1], {"id": "warm", "stage": "marketing-qualified"}]
    factories.sequence(session, {**factories.WELCOME, "steps": steps})
    lena = factories.lead(session, "lena@example.com", fields={"first_name": "Lena"})
    factories.submitted(session, lena)
    session.commit()

    play.turn()
    assert play.outbox.subjects() == ["Hello Lena"]
    play.until(NOW + timedelta(days=2) - timedelta(minutes=1))
    assert play.outbox.subjects() == ["Hello Lena"]
    play.after(minutes=1)

    assert play.outbox.subjects() == ["Hello Lena", "More"]
    session.expire_all()
    assert session.get(Lead, lena.id).stage == "marketing-qualified"
    enrollment = session.scalars(select(Enrollment)).one()
    assert (enrollment.status, enrollment.reason) == ("ended", "finished")
    visits = session.scalars(select(Visit).order_by(Visit.number)).all()
    assert [(visit.step, visit.outcome) for visit in visits] == [
        ("hello", "accepted"),
        ("breathe", "waited"),
        ("more", "accepted"),
        ("warm", "moved to marketing-qualified"),
    ]
    kinds = session.scalars(select(Event.kind).order_by(Event.id)).all()
    mails = ["message_accepted", "message_accepted"]
    assert kinds == ["form_submitted", "enrolled", "stage_changed", *mails, "stage_changed", "ended"]


def test_submitting_twice_enrolls_once(play, session):
    factories.sequence(session)
    lena = factories.lead(session)
    factories.submitted(session, lena)
    factories.submitted(session, lena)
    session.commit()

    play.after(days=5)

    assert len(session.scalars(select(Enrollment)).all()) == 1
    assert play.outbox.subjects() == ["Hello", "More"]


def test_unsubscribing_stops_the_rest(play, session):
    factories.sequence(session)
    lena = factories.lead(session)
    factories.submitted(session, lena)
    session.commit()
    play.turn()

    unsubscribe(session, lena)
    play.after(days=5)

    assert play.outbox.subjects() == ["Hello"]
    enrollment = session.scalars(select(Enrollment).execution_options(populate_existing=True)).one()
    assert (enrollment.status, enrollment.reason) == ("ended", "unsubscribed")


def test_without_consent_no_mail_leaves_and_the_reason_is_written_down(play, session):
    factories.sequence(session)
    stranger = factories.lead(session, agreed=False)
    factories.submitted(session, stranger)
    session.commit()

    play.after(days=5)

    assert play.outbox.sent == []
    assert set(session.execute(select(Message.status, Message.reason)).all()) == {("skipped", "no consent")}


def test_a_paused_sequence_keeps_its_leads_in_place_and_resumes_without_a_burst(play, session):
    welcome = factories.sequence(session)
    lena = factories.lead(session)
    factories.submitted(session, lena)
    session.commit()
    play.turn()

    session.execute(text("UPDATE sequences SET status = 'paused'"))
    session.commit()
    play.after(days=30)
    assert play.outbox.subjects() == ["Hello"]
    session.execute(text("UPDATE sequences SET status = 'live' WHERE id = :id"), {"id": welcome.id})
    session.commit()
    play.after(minutes=1)

    assert play.outbox.subjects() == ["Hello", "More"]


def test_a_lead_that_comes_during_a_pause_waits_and_gets_everything_afterwards(play, session):
    welcome = factories.sequence(session, status="paused")
    factories.submitted(session, factories.lead(session))
    session.commit()
    play.after(hours=1)
    assert play.outbox.sent == []

    session.execute(text("UPDATE sequences SET status = 'live' WHERE id = :id"), {"id": welcome.id})
    session.commit()
    play.after(days=3)

    assert play.outbox.subjects() == ["Hello", "More"]


def unsubscribe(session, lead):
    from funnel.crm.facts import Fact, record

    factories.consent(session, lead, action="withdrawn")
    record(session, [Fact("unsubscribed", lead.id, NOW)])
    session.commit()
