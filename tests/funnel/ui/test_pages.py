"""The pages of sequences: what they show, in two languages, under a policy that lets nothing run."""

from html.parser import HTMLParser

import pytest

from funnel.crm import facts
from funnel.crm.facts import Fact
from funnel.models import Lead
from nurture_sequences import by_hand, programs, sequences
from tests.funnel.ui.conftest import token_on

EVIL = "<script>alert(1)</script>\"'>"
VOID = {"meta", "link", "input", "br", "img", "hr"}


@pytest.fixture(autouse=True)
def fresh_programs():
    programs.forget()


@pytest.fixture
def lena(context, now):
    with context.database.transaction() as session:
        lead = Lead(
            email="lena@example.com",
            fields={"company": EVIL, "days": ["mon", "tue"]},
            tags=[EVIL],
            stage_since=now,
            created_at=now,
            updated_at=now,
        )
        session.add(lead)
        session.flush()
        facts.record(session, [Fact("stage_changed", lead.id, now, {"from": "subscriber", "to": "lead"})])
        document = {"steps": [{"id": "welcome", "email": {"subject": "Welcome", "text": EVIL}}]}
        sequences.save_draft(session, "trial", document, now)
        sequences.publish(session, "trial", now)
        by_hand.enroll(session, "trial", now, lead_id=lead.id)
        return lead.id


PATHS = ["/app/sequences", "/app/sequences/trial"]


class Outline(HTMLParser):
    """Checks nesting as it reads, and keeps what the tests ask for."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.inputs, self.labels = [], [], [], set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        attributes = dict(attributes)
        if tag == "input" and attributes.get("type") != "hidden":
            self.inputs.append(attributes.get("id"))
        if tag == "label":
            self.labels.add(attributes["for"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_sound_and_lets_nothing_run(signed_in, lena, path, language):
    answer = signed_in.get(path, headers={"Accept-Language": language})

    assert answer.status_code == 200
    outline = Outline(answer.text)
    assert "script" not in outline.tags
    assert (outline.tags.count("h1"), outline.tags.count("main"), outline.tags.count("header")) == (1, 1, 1)
    assert set(outline.inputs) <= outline.labels
    assert f'<html lang="{language}">' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize("path", PATHS)
def test_every_page_wants_a_signed_in_user(browser, lena, path):
    answer = browser.get(path)

    assert answer.status_code == 303
    assert answer.location.startswith("/app/login?next=")


def test_a_sequence_is_paused_and_resumed_from_its_page(signed_in, lena):
    for verb, says in (("pause", "Resume"), ("resume", "Pause")):
        token = token_on(signed_in, "/app/sequences/trial")
        answer = signed_in.post(f"/app/sequences/trial/{verb}", data={"csrf": token}, follow_redirects=True)

        assert f"{says}</button>" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/app/sequences/none", "/app/sequences/a%00b"],
)
def test_what_is_not_there_is_404(signed_in, path):
    assert signed_in.get(path).status_code == 404


def test_odd_text_in_a_question_is_harmless(signed_in):
    assert signed_in.get("/app/sequences?cursor=%00").status_code == 200


def test_the_list_asks_the_database_as_often_for_many_rows_as_for_one(signed_in, lena, queries):
    signed_in.get("/app/sequences")

    assert len(queries) <= 2, queries


def test_the_bare_address_leads_to_the_app(signed_in):
    answer = signed_in.get("/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/app/")
