"""What is written of a lead has its effects: points, stages, sequences, and mail to the right address."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from funnel.crm import lead_addresses, lead_edits, rules
from funnel.crm.lead_changes import Edit
from funnel.crm.lead_edits import Origin, Told
from funnel.models import Lead
from tests import factories
from tests.conftest import NOW

BY = Origin("user 1")
COMPANY = {"key": "company", "while": {"field": {"key": "company", "known": True}}, "axis": "fit", "points": 20}


@pytest.fixture
def own_rules(session):
    for kind, document in (
        ("scoring", {"half_life": "30 days", "rules": [COMPANY]}),
        ("ladder", {"rungs": [{"stage": "lead", "enter": {"score": {"at_least": 15}}, "demote": True}]}),
    ):
        rules.publish(session, kind, document, rules.newest(session, kind).number, NOW, "user 1")
    session.commit()


def standing(session, lead_id):
    lead = session.get(Lead, lead_id, populate_existing=True)
    return lead.fit, lead.stage


def test_a_field_that_is_edited_gives_its_points_and_moves_the_stage_and_back(play, session, own_rules):
    lead_id = lead_edits.create(session, Told("lena@x.example", Edit()), BY, NOW)
    session.commit()
    play.turn()
    assert standing(session, lead_id) == (0, "subscriber")

    lead_edits.edit(session, {lead_id: Edit(fields={"company": "Nadir"})}, BY, NOW)
    session.commit()
    play.turn()
    assert standing(session, lead_id) == (20, "lead")

    lead_edits.edit(session, {lead_id: Edit(fields={"company": None})}, BY, NOW)
    session.commit()
    play.context.at += timedelta(hours=1)
    play.turn()
    assert standing(session, lead_id) == (0, "subscriber")


def test_a_tag_that_is_put_on_takes_the_lead_into_the_sequence_that_waits_for_it(play, session):
    factories.sequence(session, {**factories.WELCOME, "enter": {"tag": "vip"}})
    lead = factories.lead(session)
    lead_edits.edit(session, {lead.id: Edit(add_tags=["vip"])}, BY, NOW)
    session.commit()

    play.turn()

    assert play.outbox.subjects() == ["Hello"]


def test_an_import_takes_nobody_into_a_sequence_and_still_gives_points(play, session, own_rules):
    factories.sequence(session, {**factories.WELCOME, "enter": {"tag": "vip"}})
    lead = factories.lead(session)
    edit = Edit(add_tags=["vip"], fields={"company": "Nadir"})
    lead_edits.edit(session, {lead.id: edit}, Origin("import 7", enrolls=False), NOW)
    session.commit()

    play.turn()

    assert play.outbox.sent == []
    assert standing(session, lead.id)[0] == 20


def test_a_mail_that_waits_for_an_old_address_does_not_go_there(play, session):
    factories.sequence(session)
    lead = factories.lead(session, "old@x.example")
    factories.submitted(session, lead)
    session.execute(text("UPDATE installation SET sending_held = 'asked'"))
    session.commit()
    play.turn()

    lead_addresses.change(session, lead.id, "new@x.example", BY, NOW, keep_consents=True)
    session.execute(text("UPDATE installation SET sending_held = NULL"))
    session.execute(text("UPDATE messages SET due_at = :now, held = NULL"), {"now": NOW})
    session.commit()
    play.turn()

    assert play.outbox.sent == []
    assert session.execute(text("SELECT status, reason FROM messages")).all() == [("skipped", "address changed")]
    play.after(days=2)
    assert [mail.to for mail in play.outbox.sent] == ["new@x.example"]
