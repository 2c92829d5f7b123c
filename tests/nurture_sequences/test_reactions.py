"""Facts have their effects in order, lead by lead; one that cannot have any stands in nobody's way."""

import pytest
from sqlalchemy import text

from funnel.crm.facts import Fact, record
from tests import factories
from tests.conftest import NOW

#: no effect of the fact that lies in the table `cursed` can be written
CURSE = """
    CREATE TABLE cursed AS SELECT max(id) AS id FROM events;
    CREATE FUNCTION curse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NEW.cause_id IN (SELECT id FROM cursed) THEN RAISE EXCEPTION 'cursed'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER curse BEFORE INSERT ON enrollments FOR EACH ROW EXECUTE FUNCTION curse()
"""


def nonsense(session, lead):
    """A fact that reactions cannot read: it names no form."""
    record(session, [Fact("form_submitted", lead.id, NOW)])


def cursed(session, lead):
    """A fact that reactions can read; the database refuses what follows from it."""
    factories.submitted(session, lead, form="cursed")
    session.execute(text(CURSE))


@pytest.fixture
def guide(session):
    factories.sequence(session)
    factories.sequence(session, {**factories.WELCOME, "key": "curse", "enter": {"form": "cursed"}})


def set_aside(session):
    """Kind, form and reason of what was set aside."""
    rows = session.execute(
        text("""
            SELECT e.lead_id, e.data ->> 'form', p.failed FROM pending_facts p
              JOIN events e ON e.id = p.event_id AND e.at = p.at
        """)
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("poison", "form", "reason"), [(nonsense, None, "KeyError"), (cursed, "cursed", "InternalError")]
)
def test_only_the_fact_at_fault_is_set_aside_and_the_later_ones_of_its_lead_go_on(
    play, session, guide, poison, form, reason
):
    lena, omar = factories.lead(session), factories.lead(session)
    poison(session, lena)
    factories.submitted(session, lena)
    factories.submitted(session, omar)
    session.commit()

    play.turn()

    assert set_aside(session) == [(lena.id, form, reason)]
    assert sorted(email.to for email in play.outbox.sent) == sorted([lena.email, omar.email])


def test_around_it_the_facts_of_its_lead_keep_their_order(play, session, guide):
    lena = factories.lead(session)
    factories.submitted(session, lena)
    record(session, [Fact("unsubscribed", lena.id, NOW)])
    nonsense(session, lena)
    factories.submitted(session, lena, form="cursed")
    session.commit()

    play.turn()

    entered = "SELECT s.key, e.reason FROM enrollments e JOIN sequences s ON s.id = e.sequence_id ORDER BY e.id"
    assert session.execute(text(entered)).all() == [("welcome", "unsubscribed"), ("curse", None)]


def test_put_back_once_mended_it_has_its_effects_and_no_other_fact_has_them_twice(play, session, guide):
    lena = factories.lead(session)
    cursed(session, lena)
    factories.submitted(session, lena)
    session.commit()
    play.turn()
    session.execute(text("DROP TRIGGER curse ON enrollments"))
    session.execute(text("UPDATE pending_facts SET failed = NULL"))
    session.commit()

    play.turn()

    assert set_aside(session) == []
    assert len(play.outbox.sent) == 2
