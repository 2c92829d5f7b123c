from uuid import UUID, uuid4

import pytest

from funnel import links

ACTIONS = "SELECT purpose, action, wording FROM consents ORDER BY id"


@pytest.fixture
def path(client, make_form, rows, settings):
    """The link that the confirmation mail of one submission carries."""
    make_form(double_opt_in=True)
    client.post("/f/demo", data={"email": "jane@example.com", "newsletter": "on"})
    [(submission,)] = rows("SELECT id FROM submissions")
    return "/c/" + links.confirm_token(settings.secret_keys, submission)


def test_opening_the_link_changes_nothing(client, path, counts):
    before = counts()

    page = client.get(path)

    assert client.head(path).status_code == 200
    assert '<form method="post">' in page.text
    assert "Send me the newsletter." in page.text
    assert counts() == before


def test_the_button_grants_what_was_pending_in_the_words_it_was_asked_with(client, path, rows):
    answer = client.post(path)

    assert answer.status_code == 200
    assert rows(ACTIONS) == [
        ("newsletter", "pending", "Send me the newsletter."),
        ("newsletter", "granted", "Send me the newsletter."),
    ]
    [(kind, data)] = rows("SELECT kind, data FROM events ORDER BY id DESC LIMIT 1")
    assert (kind, data.keys()) == ("confirmed", {"form", "submission"})


def test_a_confirmed_yes_permits_what_its_form_said(client, make_form, rows, settings):
    consents = [{"purpose": "terms", "permits_mail": True}, {"purpose": "offers", "permits_mail": False}]
    make_form(double_opt_in=True, consents=[{"wording": "Yes."} | consent for consent in consents])
    client.post("/f/demo", data={"email": "jane@example.com", "terms": "on", "offers": "on"})
    [(submission,)] = rows("SELECT id FROM submissions")

    client.post("/c/" + links.confirm_token(settings.secret_keys, submission))

    assert rows("SELECT purpose, permits_mail FROM consents WHERE action = 'granted' ORDER BY purpose") == [
        ("offers", False),
        ("terms", True),
    ]


def test_pressing_it_again_changes_nothing(client, path, counts):
    client.post(path)
    before = counts()

    answer = client.post(path)

    assert (answer.status_code, counts()) == (200, before)


def test_an_old_link_does_not_bring_back_what_was_withdrawn(client, path, rows, settings):
    [(lead_id,)] = rows("SELECT id FROM leads")
    client.post("/u/" + links.unsubscribe_token(settings.secret_keys, lead_id, uuid4()))

    client.post(path)

    assert [action for _, action, _ in rows(ACTIONS)] == ["pending", "withdrawn"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["x", "%00", "é"])
def test_a_link_that_is_not_ours_is_not_found(client, method, token):
    assert client.open(f"/c/{token}", method=method).status_code == 404


def test_a_link_to_a_submission_that_is_gone_is_not_found(client, settings):
    path = "/c/" + links.confirm_token(settings.secret_keys, UUID(int=7))

    assert client.get(path).status_code == client.post(path).status_code == 404
