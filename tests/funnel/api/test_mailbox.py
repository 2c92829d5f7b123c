"""The local mailbox and the state of the installation, as programs read them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from funnel.crm import installation
from funnel.models import MailboxMail


@pytest.fixture
def mail(context, now):
    def make(subject, to="lena@example.com", minutes=0):
        with context.database.transaction() as session:
            session.add(
                MailboxMail(
                    message_id=uuid4(),
                    to=to,
                    sender="Funnel <hello@funnel.example>",
                    subject=subject,
                    text="Hello",
                    html="<p>Hello</p>",
                    headers={"List-Unsubscribe": "<https://x.example/u/1>"},
                    at=now + timedelta(minutes=minutes),
                )
            )

    return make


def subjects(answer):
    return [item["subject"] for item in answer.json["items"]]


def test_mails_to_somebody_read_as_a_story_in_any_case(api, mail):
    mail("first")
    mail("to another", to="omar@example.com")
    mail("second", to="Lena@Example.com", minutes=5)

    answer = api("GET", "/mailbox?to=LENA@example.com")

    assert subjects(answer) == ["first", "second"]
    assert {key: value for key, value in answer.json["items"][0].items() if key != "id"} == {
        "to": "lena@example.com",
        "from": "Funnel <hello@funnel.example>",
        "subject": "first",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "headers": {"List-Unsubscribe": "<https://x.example/u/1>"},
        "at": "2026-03-02T10:00:00+00:00",
    }


def test_a_plus_in_the_address_is_understood_encoded_or_not(api, mail):
    mail("first", to="lena+news@example.com")

    assert subjects(api("GET", "/mailbox?to=Lena+News@example.com")) == ["first"]
    assert subjects(api("GET", "/mailbox?to=lena%2Bnews@example.com")) == ["first"]


def test_a_page_holds_the_latest_and_leads_back_in_time(api, mail, queries):
    for number in range(5):
        mail(f"mail {number}")
    queries.clear()

    latest = api("GET", "/mailbox?limit=3")
    before = api("GET", f"/mailbox?limit=3&cursor={latest.json['next_cursor']}")

    assert (subjects(latest), subjects(before)) == (["mail 2", "mail 3", "mail 4"], ["mail 0", "mail 1"])
    assert before.json["next_cursor"] is None
    assert len(queries) == 4


@pytest.mark.parametrize("query", ["to=", "to=%00", "limit=0", "limit=501", "cursor=x", "from=a"])
def test_a_bad_question_is_refused(api, query):
    assert api("GET", f"/mailbox?{query}").status_code == 422


def test_the_installation_tells_whether_it_sends_and_how_fast_its_clock_runs(api, context):
    free = api("GET", "/installation").json
    with context.database.transaction() as session:
        installation.pause_account(session, context.wall() + timedelta(hours=1), "401 from the provider")
    paused = api("GET", "/installation").json["sending"]
    with context.database.transaction() as session:
        installation.hold_sending(session, "waiting for Mia")
    held = api("GET", "/installation").json["sending"]

    assert (free["speed"], free["mailer"], free["sending"]["state"]) == (1.0, "mailbox", "open")
    assert (paused["state"], paused["reason"], paused["until"] is None) == ("paused", "401 from the provider", False)
    assert (held["state"], held["reason"]) == ("held", "waiting for Mia")


def test_one_mail_is_read_by_its_number(api, mail):
    mail("lena@example.com")
    [listed] = api("GET", "/mailbox").json["items"]

    assert api("GET", f"/mailbox/{listed['id']}").json == listed
    assert api("GET", "/mailbox/987654321").status_code == 404
