"""The demo business: filled in once, coherent with what the engine would have done, impersonal towards the world."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from funnel.clock import EngineClock
from funnel.crm import scores, segments
from funnel.models import Consent, Event, Form, Lead, PendingFact, ScoreEntry, Submission, Touch
from nurture_sequences import programs
from nurture_sequences.demo import business
from nurture_sequences.demo.seed import seed
from nurture_sequences.models import Enrollment, Message, Sequence, Visit
from tests import factories
from tests.conftest import NOW
from tests.playing import MovedContext, Play


@pytest.fixture
def play(context):
    programs.forget()
    return Play(context)


@pytest.fixture
def context(context):
    """On a clock that stands still."""
    return MovedContext(context.settings, context.database, EngineClock(NOW, NOW))


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_a_demo_business_has_two_hundred_leads_with_a_history(context, session):
    [line] = seed(context)

    assert "http://127.0.0.1:8001/" in line
    assert count(session, Lead) == 200
    assert all(session.scalars(select(Lead.demo)))
    assert {email.rpartition("@")[2] for email in session.scalars(select(Lead.email))} <= {
        "example.com",
        "example.org",
        "mail.example",
    }
    assert count(session, Submission) == count(session, Touch) > 200
    statuses = Counter(session.scalars(select(Enrollment.status)))
    assert statuses["active"] >= 30
    assert statuses["ended"] >= 100
    assert len(set(session.scalars(select(Lead.stage)))) >= 5
    earliest, latest = session.execute(select(func.min(Event.at), func.max(Event.at))).one()
    assert earliest < NOW - timedelta(days=100)
    assert latest <= NOW + timedelta(seconds=2)


def test_a_second_start_seeds_nothing_twice(context, session):
    tables = (Lead, Submission, Consent, Touch, Event, Form, Sequence, Enrollment, Visit, Message)
    seed(context)
    before = [count(session, table) for table in tables]

    seed(context)

    assert [count(session, table) for table in tables] == before
    assert session.scalars(select(Form)).one().version == 1


def test_on_another_port_the_form_follows_and_keeps_what_people_changed(context, session):
    seed(context)
    session.execute(text("UPDATE forms SET name = 'Our guide'"))
    session.commit()
    context.settings = replace(context.settings, demo_port=9001)

    seed(context)

    form = session.scalars(select(Form).execution_options(populate_existing=True)).one()
    assert form.name == "Our guide"
    assert form.definition["thanks_url"] == "http://127.0.0.1:9001/thanks"
    assert form.definition["origins"] == ["http://127.0.0.1:9001", "http://localhost:9001"]


def test_an_installation_that_uses_the_name_keeps_what_it_has(context, session):
    factories.sequence(session, factories.WELCOME | {"key": business.SEQUENCE})
    session.commit()

    [line] = seed(context)

    assert "no demo business" in line
    assert count(session, Lead) == 0


def test_nothing_follows_from_what_happened_long_ago(context, session, play):
    seed(context)

    play.turn()

    assert count(session, PendingFact) == 0
    assert count(session, Enrollment) == 200


def test_leads_in_the_middle_of_the_sequence_go_on_where_they_stand(context, session, play):
    seed(context)
    before = Counter(session.scalars(select(Message.occasion)))

    play.until(NOW + timedelta(days=15), timedelta(days=1))

    assert not session.scalars(select(Enrollment.id).where(Enrollment.status == "active")).all()
    assert not session.scalars(select(Enrollment.id).where(Enrollment.held.is_not(None))).all()
    assert len(play.outbox.sent) == 0  # demo leads never reach a real provider
    after = session.execute(select(Message.occasion, Message.status, Message.reason)).all()
    assert {(row.status, row.reason) for row in after if row.occasion not in before} == {("skipped", "demo lead")}


def test_every_score_is_what_its_ledger_comes_to_and_the_rules_find_nothing_to_add(context, session, play):
    seed(context)
    entries = count(session, ScoreEntry)
    kept = [scores.as_of(session, [lead], NOW)[0] for lead in session.scalars(select(Lead).order_by(Lead.id))]
    stages = {lead["id"]: lead["stage"] for lead in kept}

    play.turn()

    for lead in kept:
        told = scores.why(session, lead["id"], NOW)
        assert (told.fit, told.engagement) == (lead["fit"], pytest.approx(lead["engagement"]))
    assert max(lead["score"] for lead in kept) >= 50
    assert count(session, ScoreEntry) == entries
    assert dict(session.execute(select(Lead.id, Lead.stage)).all()) == stages
    moves = session.scalars(select(Event).where(Event.kind == "stage_changed"))
    assert {fact.data["reason"] for fact in moves} == {"rule", "sequence", "person"}


def test_every_mail_of_the_history_went_to_somebody_who_had_agreed(context, session):
    seed(context)

    uninvited = session.scalars(
        text("""
            SELECT m.id FROM messages m WHERE NOT EXISTS (
                SELECT 1 FROM consents c WHERE c.lead_id = m.lead_id AND c.purpose = 'email_marketing'
                   AND c.action = 'granted' AND c.at <= m.settled_at)
               OR EXISTS (SELECT 1 FROM consents c WHERE c.lead_id = m.lead_id AND c.action = 'withdrawn'
                   AND c.at < m.queued_at)
        """)
    ).all()

    assert uninvited == []


def test_the_demo_business_has_segments_that_find_somebody(context, session, play):
    seed(context)

    play.turn()

    found = segments.told(session, segments.page(session), NOW)
    assert {one.segment.key: one.counted for one in found} == {"gone-quiet": None, "worth-a-call": None}
    assert all(one.count.members > 3 for one in found)
