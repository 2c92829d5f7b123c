"""The names that outside programs rely on, used from outside: over HTTP and the command line, nothing else."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import pairwise
from urllib.parse import urlencode

import pytest

from tests.stories.service import Service, eventually, moment

FORM = {
    "key": "trial",
    "name": "Start a trial",
    "fields": [
        {"key": "email", "label": "Email", "type": "email", "required": True},
        {"key": "first_name", "label": "First name", "type": "text", "required": False},
    ],
    "consents": [{"purpose": "email_marketing", "wording": "Send me letters about the trial.", "required": True}],
    "double_opt_in": False,
    "thanks_url": "",
    "origins": ["https://shop.example"],
}
SEQUENCE = {
    "key": "trial-letters",
    "enter": {"form": "trial"},
    "steps": [
        {"id": "hello", "email": {"subject": "Hello {{ lead.first_name }}", "text": "Your trial has begun."}},
        {"id": "breathe", "wait": {"for": "2 seconds"}},
        {"id": "more", "email": {"subject": "Day two", "html": "<p>Try this next.</p>"}},
        {"id": "warm", "stage": "lead"},
        {"id": "pause", "wait": "2 seconds"},
        {"id": "last", "email": {"subject": "Last letter", "text": "It ends today."}},
    ],
}
#: seconds; the promise is one, the rest is for a machine that has other things to do
FIRST_MAIL = 5.0
LATE = timedelta(seconds=5)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with Service(tmp_path_factory.mktemp("fixed-names") / "home") as service:
        made = service.call("POST", "/forms", FORM)
        assert made.status == 201, made.body
        saved = service.call("PUT", "/sequences/trial-letters", SEQUENCE)
        assert saved.status in (200, 201), saved.body
        assert saved.json["problems"] == []
        assert service.call("POST", "/sequences/trial-letters/publish").status == 200
        yield service


def submit(service, email, origin="https://shop.example"):
    body = urlencode({"email": email, "first_name": "Lena", "email_marketing": "on"}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
    return service.ask("POST", "/f/trial", body, headers)


def test_from_a_post_on_another_origin_to_the_last_letter(service, capsys):
    began = time.monotonic()
    posted = submit(service, "lena@example.com")
    eventually(lambda: service.mails("lena@example.com"), FIRST_MAIL)
    took = time.monotonic() - began
    with capsys.disabled():
        print(f"\n  the first mail lay in the mailbox {took * 1000:.0f} ms after the post")

    assert posted.status == 303
    assert posted.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    mails = eventually(lambda: (found := service.mails("lena@example.com"))[2:] and found, 4 + 2 * LATE.seconds)
    assert [mail["subject"] for mail in mails] == ["Hello Lena", "Day two", "Last letter"]
    times = [moment(mail["at"]) for mail in mails]
    for earlier, later in pairwise(times):
        assert timedelta(seconds=2) <= later - earlier < timedelta(seconds=2) + LATE
    assert set(mails[0]) >= {"to", "from", "subject", "text", "html", "headers", "at"}
    assert mails[0]["to"] == "lena@example.com"
    assert isinstance(mails[0]["headers"], dict)
    assert mails[0]["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Try this next." in mails[1]["text"]


def test_the_lead_and_its_timeline_are_told(service):
    submit(service, "omar@example.com")
    lead = eventually(lambda: (found := service.lead("OMAR@example.com"))["stage"] == "lead" and found, 10)
    eventually(lambda: "ended" in kinds(service, lead["id"]), 10)

    assert set(lead) >= {"id", "email", "stage", "score", "created_at"}
    assert lead["email"] == "omar@example.com"
    assert isinstance(lead["score"], int | float)
    page = service.get("/leads", email="omar@example.com")
    assert page["next_cursor"] is None
    told = [kind for kind in kinds(service, lead["id"]) if kind != "stage_changed"]
    assert told[:3] == ["form_submitted", "enrolled", "message_accepted"]
    assert kinds(service, lead["id"]).count("message_accepted") == 3
    assert "stage_changed" in kinds(service, lead["id"])


def test_one_click_unsubscribe_stops_the_rest(service):
    submit(service, "mia@example.com")
    [mail] = eventually(lambda: service.mails("mia@example.com"), FIRST_MAIL)
    link = mail["headers"]["List-Unsubscribe"].strip("<>")
    assert link.startswith(f"{service.url}/u/")

    # RFC 8058: what a mail provider posts, without cookies or questions.
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    clicked = service.ask("POST", link.removeprefix(service.url), b"List-Unsubscribe=One-Click", headers)

    assert clicked.status == 200
    lead = service.lead("mia@example.com")
    eventually(lambda: "ended" in kinds(service, lead["id"]), 10)
    [enrollment] = service.get(f"/leads/{lead['id']}/enrollments")["items"]
    assert (enrollment["status"], enrollment["reason"]) == ("ended", "unsubscribed")
    assert len(service.mails("mia@example.com")) == 1


def test_a_post_from_a_site_the_form_does_not_name_is_refused(service):
    refused = submit(service, "eve@example.com", origin="https://elsewhere.example")

    assert refused.status == 403
    assert service.lead("eve@example.com") is None


def kinds(service, lead_id):
    """The lead's story, oldest first."""
    return [fact["kind"] for fact in service.get(f"/leads/{lead_id}/timeline")["items"]][::-1]
