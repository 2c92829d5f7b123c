from uuid import UUID

import pytest

from funnel import links
from funnel.crm import consents

MESSAGE = UUID("018f0000-0000-7000-8000-000000000001")
CONSENTS = [
    {"purpose": "newsletter", "wording": "Send me the newsletter."},
    {"purpose": "offers", "wording": "Send me offers."},
    {"purpose": "phone", "wording": "You may call me."},
]


@pytest.fixture
def lead_id(client, make_form, rows):
    make_form(consents=CONSENTS)
    client.post("/f/demo", data={"email": "jane@example.com", "newsletter": "on", "offers": "on", "phone": "on"})
    [(lead_id,)] = rows("SELECT id FROM leads")
    return lead_id


@pytest.fixture
def path(lead_id, settings):
    """The link in a mail to this lead."""
    return "/u/" + links.unsubscribe_token(settings.secret_keys, lead_id, MESSAGE)


@pytest.fixture
def state(context, lead_id):
    def read():
        with context.database.transaction() as session:
            return consents.state(session, [lead_id])[lead_id]

    return read


def test_opening_the_link_shows_the_subscriptions_and_changes_nothing(client, path, counts):
    before = counts()

    page = client.get(path)

    assert client.head(path).status_code == 200
    assert "Send me the newsletter." in page.text
    assert counts() == before


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_withdraws_all_mail_and_nothing_else(client, path, state, rows, content_type):
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, content_type=content_type)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert state() == {"newsletter": "withdrawn", "offers": "withdrawn", "phone": "granted"}
    assert rows("SELECT kind, data FROM events ORDER BY id DESC LIMIT 1") == [
        (
            "unsubscribed",
            {"purposes": ["newsletter", "offers"], "channel": "one-click", "message": str(MESSAGE)},
        )
    ]


def test_a_post_from_any_website_counts(client, path, state):
    client.post(path, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"})

    assert state()["newsletter"] == "withdrawn"


@pytest.mark.parametrize("send", [{}, {"data": b"\xff\0", "content_type": "text/plain"}, {"data": {"a": "b"}}])
def test_a_post_that_cannot_be_understood_leaves_the_recipient_in_peace(client, path, state, send):
    assert client.post(path, **send).status_code == 200

    assert state()["newsletter"] == state()["offers"] == "withdrawn"


def test_a_second_time_changes_nothing(client, path, counts):
    client.post(path)
    before = counts()

    answer = client.post(path)

    assert (answer.status_code, counts()) == (200, before)


def test_one_purpose_can_be_stopped_and_the_rest_goes_on(client, path, state, rows):
    client.post(path, data={"only_ticked": "on", "offers": "on"})

    assert state() == {"newsletter": "granted", "offers": "withdrawn", "phone": "granted"}
    assert rows("SELECT kind FROM events ORDER BY id DESC LIMIT 1") == [("consent_withdrawn",)]


def test_ticking_nothing_changes_nothing_and_says_so(client, path, counts):
    before = counts()

    page = client.post(path, data={"only_ticked": "on"})

    assert "nothing changed" in page.text
    assert counts() == before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_not_ours_is_not_found_and_says_nothing_more(client, settings, method):
    unknown_lead = links.unsubscribe_token(settings.secret_keys, 987_654, MESSAGE)

    answers = [client.open(f"/u/{token}", method=method) for token in ("x", "%00", unknown_lead)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
