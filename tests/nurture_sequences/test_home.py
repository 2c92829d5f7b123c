"""The numbers of the first screen: what is new, what is under way, what waits for a person."""

from datetime import timedelta

import pytest
from sqlalchemy import text

import wsgi
from funnel.crm import tokens
from nurture_sequences import by_hand, programs
from tests import factories


@pytest.fixture
def read(context):
    with context.database.transaction() as session:
        headers = {"Authorization": f"Bearer {tokens.add(session, 'test', ['leads:read'], context.wall())}"}
    client = wsgi.compose(context.settings, context).test_client()
    return lambda: client.get("/api/v1/overview", headers=headers).json


def test_new_leads_are_counted_by_engine_time(read, context):
    now = context.now()
    with context.database.transaction() as session:
        for age in (timedelta(hours=1), timedelta(hours=25), timedelta(days=8)):
            factories.lead(session, at=now - age)

    told = read()

    assert (told["leads_day"], told["leads_week"]) == (1, 2)


def test_an_empty_installation_has_nothing_to_tell(read):
    assert read() == {
        "leads_day": 0,
        "leads_week": 0,
        "mails_queued": 0,
        "mails_unknown": 0,
        "stuck": [],
        "facts_failed": 0,
        "webhooks_stopped": 0,
        "most": 10_000,
    }


def test_what_waits_for_a_person_is_told_by_sequence(read, context, now):
    programs.forget()
    with context.database.transaction() as session:
        factories.sequence(session)
        for held in ("error", "failed", None):
            lead = factories.lead(session)
            by_hand.enroll(session, "welcome", now, lead_id=lead.id)
            session.execute(
                text("UPDATE enrollments SET held = :held WHERE lead_id = :lead"), {"held": held, "lead": lead.id}
            )
        factories.submitted(session, factories.lead(session))
        session.execute(text("UPDATE pending_facts SET failed = 'no such stage'"))

    told = read()

    assert told["stuck"] == [{"key": "welcome", "count": 2}]
    assert told["facts_failed"] == 1
