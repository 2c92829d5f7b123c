"""The first pages: what they show, in two languages, under a policy that lets nothing run."""

from html.parser import HTMLParser
from uuid import uuid4

import pytest

from funnel.crm import facts
from funnel.crm.facts import Fact
from funnel.models import Lead, MailboxMail
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


@pytest.fixture
def mail(context, now):
    with context.database.transaction() as session:
        row = MailboxMail(
            message_id=uuid4(),
            to="lena@example.com",
            sender="Funnel <hello@funnel.example>",
            subject=f"Welcome {EVIL}",
            text=f"Hello {EVIL}",
            html=f'<p style="color:red">Hello</p>{EVIL}',
            headers={"List-Unsubscribe": "<https://x.example/u/1>"},
            at=now,
        )
        session.add(row)
        session.flush()
        return row.id


PATHS = [
    "/app/leads",
    "/app/leads?search=lena",
    "/app/leads?search=nobody",
    "/app/leads/{lead}",
    "/app/mailbox",
    "/app/mailbox?to=LENA@example.com",
    "/app/mailbox/{mail}",
    "/app/sequences",
    "/app/sequences/trial",
]


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
def test_every_page_is_sound_and_lets_nothing_run(signed_in, lena, mail, path, language):
    answer = signed_in.get(path.format(lead=lena, mail=mail), headers={"Accept-Language": language})

    assert answer.status_code == 200
    outline = Outline(answer.text)
    assert "script" not in outline.tags
    assert (outline.tags.count("h1"), outline.tags.count("main"), outline.tags.count("header")) == (1, 1, 1)
    assert set(outline.inputs) <= outline.labels
    assert f'<html lang="{language}">' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert ("unsafe-inline" in policy) is path.startswith("/app/mailbox/{")


@pytest.mark.parametrize("path", PATHS)
def test_every_page_wants_a_signed_in_user(browser, lena, mail, path):
    answer = browser.get(path.format(lead=lena, mail=mail))

    assert answer.status_code == 303
    assert answer.location.startswith("/app/login?next=")


def test_a_lead_shows_score_story_and_where_it_stands(signed_in, lena):
    page = signed_in.get(f"/app/leads/{lena}").text

    assert "Moved to another stage" in page
    assert "from: subscriber" in page
    assert "Entered a sequence" in page
    assert '<time datetime="2026-03-02T10:00:00+00:00">2 Mar 2026, 10:00</time>' in page


def test_the_pages_speak_french(signed_in, lena):
    page = signed_in.get(f"/app/leads/{lena}", headers={"Accept-Language": "fr-CA, en;q=0.5"}).text

    assert "A changé d’étape" in page
    assert "2 mars 2026, 10:00" in page


def test_a_mails_html_stays_in_its_frame(signed_in, mail):
    page = signed_in.get(f"/app/mailbox/{mail}").text

    assert 'sandbox="" srcdoc="&lt;p style=' in page
    assert "<script" not in page


def test_pages_of_leads_follow_each_other(signed_in, context, now):
    with context.database.transaction() as session:
        rows = [
            {"email": f"lead{n}@x.example", "stage_since": now, "created_at": now, "updated_at": now} for n in range(60)
        ]
        session.execute(Lead.__table__.insert(), rows)

    first = signed_in.get("/app/leads?search=x.example").text
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = signed_in.get(following).text

    assert first.count("@x.example") == 50
    assert second.count("@x.example") == 10
    assert 'href="/app/leads?search=x.example"' in second


def test_a_sequence_is_paused_and_resumed_from_its_page(signed_in, lena):
    for verb, says in (("pause", "Resume"), ("resume", "Pause")):
        token = token_on(signed_in, "/app/sequences/trial")
        answer = signed_in.post(f"/app/sequences/trial/{verb}", data={"csrf": token}, follow_redirects=True)

        assert f"{says}</button>" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/app/leads/987654321",
        "/app/leads/99999999999999999999",
        "/app/leads?cursor=x",
        "/app/mailbox/987654321",
        "/app/sequences/none",
        "/app/sequences/a%00b",
    ],
)
def test_what_is_not_there_is_404(signed_in, path):
    assert signed_in.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/app/leads?search=%00", "/app/mailbox?to=%00%ff", "/app/sequences?cursor=%00"])
def test_odd_text_in_a_question_is_harmless(signed_in, path):
    assert signed_in.get(path).status_code == 200


@pytest.mark.parametrize(("path", "most"), [("/app/leads", 2), ("/app/mailbox", 2), ("/app/sequences", 2)])
def test_lists_ask_the_database_as_often_for_many_rows_as_for_one(signed_in, lena, mail, queries, path, most):
    signed_in.get(path)

    assert len(queries) <= most, queries


def test_the_bare_address_leads_to_the_app(signed_in):
    answer = signed_in.get("/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/app/")
