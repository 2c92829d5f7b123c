"""Who comes to a goal's stage has reached the goal, once; who converts enters the sequences that wait for it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from funnel.crm import conversions, goals, lead_stages
from funnel.crm.conversions import Told
from funnel.crm.facts import Fact, record
from funnel.models import Conversion
from nurture_sequences import reactions
from nurture_sequences.models import Enrollment
from tests import factories

GOAL = {"key": "customer", "name": "Customer", "stage": "customer", "value": 500, "currency": "EUR"}
THANKS = {
    "key": "thanks",
    "enter": {"any": [{"event": "converted"}]},
    "steps": [{"id": "soon", "wait": {"for": "1 day"}}],
}


@pytest.fixture
def goal(session, now):
    return goals.create(session, GOAL, now)


@pytest.fixture
def counted(session):
    def read():
        return [(one.lead_id, int(one.value), one.told_by) for one in session.scalars(select(Conversion)).all()]

    return read


def test_who_comes_to_the_stage_of_a_goal_has_reached_it_once(session, goal, now, counted):
    lead = factories.lead(session)
    for days, stage in enumerate(("lead", "customer", "lead", "customer")):
        lead_stages.move(session, lead.id, stage, now + timedelta(days=days), "user 1")
        reactions.react(session, [lead.id], now + timedelta(days=days))

    assert counted() == [(lead.id, 500, "stage")]


def test_a_whole_batch_of_moves_is_counted(session, goal, now, counted):
    leads = [factories.lead(session) for _ in range(20)]
    for lead in leads:
        lead_stages.move(session, lead.id, "customer", now, "user 1")
    reactions.react(session, [lead.id for lead in leads], now)

    assert sorted(counted()) == [(lead.id, 500, "stage") for lead in leads]


@pytest.mark.parametrize("reason", ["import", "merge"])
def test_a_stage_that_was_reached_elsewhere_is_no_news(session, goal, now, counted, reason):
    lead = factories.lead(session)
    record(session, [Fact("stage_changed", lead.id, now, {"from": "lead", "to": "customer", "reason": reason})])
    reactions.react(session, [lead.id], now)

    assert counted() == []


def test_who_converts_enters_the_sequence_that_waits_for_it(session, now):
    sequence = factories.sequence(session, THANKS)
    order = goals.create(session, GOAL | {"key": "order", "stage": None}, now)
    lead = factories.lead(session)
    conversions.convert(session, order, lead.id, Told("A-1", now, "token 1"))
    reactions.react(session, [lead.id], now)

    rows = session.scalars(select(Enrollment).where(Enrollment.lead_id == lead.id)).all()
    assert [row.sequence_id for row in rows] == [sequence.id]
