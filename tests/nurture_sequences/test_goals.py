"""The goal of a sequence ends it when it is reached, also when nothing happens any more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from nurture_sequences.models import Enrollment
from tests import factories
from tests.conftest import NOW

#: done when nothing was heard of a lead for three days
SILENT = {
    **factories.WELCOME,
    "goal": {"not": {"event": {"kind": "form_submitted", "within": "3 days"}}},
    "steps": [factories.WELCOME["steps"][0], {"id": "long", "wait": {"for": "10 days"}}],
}


@pytest.fixture
def lena(session):
    factories.sequence(session, SILENT)
    lena = factories.lead(session)
    factories.submitted(session, lena)
    session.commit()
    return lena


def enrollment(session):
    return session.scalars(select(Enrollment), execution_options={"populate_existing": True}).one()


def test_a_goal_that_time_alone_brings_about_ends_it_at_that_hour(play, session, lena):
    play.until(NOW + timedelta(days=10))

    ended = enrollment(session)
    assert (ended.reason, ended.ended_at) == ("goal", NOW + timedelta(days=3))


def test_a_fact_that_comes_meanwhile_moves_that_hour(play, session, lena):
    play.until(NOW + timedelta(days=2))
    factories.submitted(session, lena, form="another", at=NOW + timedelta(days=2))
    session.commit()
    play.turn()
    assert enrollment(session).due_at == NOW + timedelta(days=5)

    play.until(NOW + timedelta(days=10))

    assert enrollment(session).ended_at == NOW + timedelta(days=5)
