"""Fillings that were held as suspicious: a person lets them in as they were sent, or throws them away."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from funnel.crm import forms, held
from funnel.crm.leads import Capture
from funnel.crm.touches import Touched
from funnel.schemas.form import FormIn
from tests.conftest import NOW


@pytest.fixture
def hold(session, context):
    form = forms.create_form(session, FormIn().load({"key": "demo", "name": "Demo"}), NOW)
    session.commit()

    def keep(email="jane@example.com", **changed):
        told = Capture(
            uuid4(),
            form.id,
            "demo",
            1,
            email,
            {"email": email, "first_name": "Jane"},
            agreed={"newsletter": "Write to me."},
            mail_purposes=["newsletter"],
            touch=Touched(campaign="spring"),
            suspicion="too fast",
            **changed,
        )
        with context.database.transaction() as other:
            held.keep(other, told, NOW)
        return str(told.submission_id)

    return keep


def rows(session, sql):
    return [tuple(row) for row in session.execute(text(sql))]


def test_what_is_held_is_shown_with_its_reason_and_makes_no_lead(api, hold, session):
    one = hold()

    told = api("GET", "/submissions/held").json

    assert [(each["id"], each["form"], each["reason"]) for each in told["items"]] == [(one, "demo", "too fast")]
    assert told["items"][0]["values"]["first_name"] == "Jane"
    assert told["items"][0]["agreed"] == {"newsletter": "Write to me."}
    assert told["more"] is False
    assert rows(session, "SELECT count(*) FROM leads") == [(0,)]


def test_who_is_let_in_is_a_lead_as_if_never_suspected(api, hold, session):
    one = hold()

    assert api("POST", "/submissions/held/accept", json={"ids": [one]}).json == {"done": 1}

    assert rows(session, "SELECT email FROM leads") == [("jane@example.com",)]
    assert rows(session, "SELECT outcome, reason, held, at FROM submissions") == [("accepted", None, None, NOW)]
    assert rows(session, "SELECT purpose, action FROM consents") == [("newsletter", "granted")]
    assert rows(session, "SELECT campaign FROM touches") == [("spring",)]
    assert rows(session, "SELECT kind FROM events JOIN pending_facts ON event_id = events.id") == [("form_submitted",)]
    assert api("GET", "/submissions/held").json["items"] == []


def test_what_is_thrown_away_leaves_nothing_that_was_typed(api, hold, session):
    one = hold(ip="192.0.2.0/24")

    assert api("POST", "/submissions/held/discard", json={"ids": [one]}).json == {"done": 1}

    assert rows(session, "SELECT outcome, reason, held, values, ip, lead_id FROM submissions") == [
        ("rejected", "too fast", None, {}, None, None)
    ]
    assert api("POST", "/submissions/held/accept", json={"ids": [one]}).json == {"done": 0}


def test_two_people_decide_once(api, hold):
    ids = [hold(f"{n}@example.com") for n in range(3)]
    api("POST", "/submissions/held/accept", json={"ids": ids[:2]})

    assert api("POST", "/submissions/held/discard", json={"ids": [*ids, ids[2], str(uuid4())]}).json == {"done": 1}


def test_a_withdrawal_since_is_not_undone(api, hold, session):
    one = hold()
    session.execute(
        text(
            "INSERT INTO leads (email, stage_since, created_at, updated_at) "
            "VALUES ('jane@example.com', now(), now(), now())"
        )
    )
    session.execute(
        text(
            "INSERT INTO consents (lead_id, purpose, action, permits_mail, wording, channel, at) "
            "SELECT id, 'newsletter', 'withdrawn', true, 'x', 'link', :at FROM leads"
        ),
        {"at": NOW.replace(hour=11)},
    )
    session.commit()

    api("POST", "/submissions/held/accept", json={"ids": [one]})

    assert rows(session, "SELECT action FROM consents ORDER BY id") == [("withdrawn",)]


def test_the_first_hundred_are_shown_and_that_there_are_more(api, hold, session):
    for n in range(101):
        hold(f"{n}@example.com")

    told = api("GET", "/submissions/held").json

    assert (len(told["items"]), told["more"]) == (100, True)


def test_nothing_is_decided_about_nothing(api):
    for ids in ([], ["x"], [str(uuid4())] * 101):
        assert api("POST", "/submissions/held/discard", json={"ids": ids}).status_code == 422
