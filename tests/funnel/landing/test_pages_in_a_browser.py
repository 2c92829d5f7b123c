"""The landing pages in a real browser: usable by everybody, without a script, without asking anybody else."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from funnel import links
from funnel.crm import forms
from funnel.schemas.form import FormIn
from tests.browser import PHONE, Tab, chromium
from tests.funnel.landing.conftest import FORM
from tests.servers import programs

KEYS = [programs.KEYS["SECRET_KEY"].encode()]
EVERY_TYPE = FORM | {
    "double_opt_in": True,
    "fields": [
        *FORM["fields"],
        {"key": "mobile", "label": "Phone", "type": "phone"},
        {"key": "starts", "label": "Start", "type": "date"},
        {"key": "topics", "label": "Topics", "type": "multi-choice", "choices": ["Mail", "Forms"], "required": True},
        {"key": "terms", "label": "I am of age", "type": "checkbox", "required": True},
    ],
}


@pytest.fixture
def url(committed, now, tmp_path):
    with committed.database.transaction() as session:
        forms.create_form(session, FormIn().load(EVERY_TYPE), now)
    environ = programs.environment(tmp_path, DATABASE_URL=committed.settings.database_url)
    server, url = programs.web(environ, tmp_path / "web.log")
    yield url
    server.kill()


@pytest.fixture
def tab(url, tmp_path):
    with chromium() as browser, Tab(browser, [url], tmp_path, size=PHONE) as tab:
        yield tab


def test_a_visitor_comes_in_confirms_and_leaves(tab, url, committed):
    page = tab.page
    page.goto(f"{url}/f/demo?utm_source=ad")
    tab.look("form")

    # The browser's own check lets this through; ours does not.
    page.get_by_label("Work email").fill("jane@localhost")
    page.get_by_label("Seats").fill("many")
    page.get_by_label("I am of age").check()
    page.get_by_label("Send me the newsletter.").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Seats")).to_have_accessible_description("Enter a number.")
    tab.look("problems")

    page.get_by_role("link", name=re.compile("Work email")).press("Enter")
    page.get_by_label("Work email").fill("jane@example.com")
    page.get_by_label("Seats").fill("12")
    page.get_by_label("Forms").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    tab.look("thanks")

    with committed.database.transaction() as session:
        submission, lead_id = session.execute(text("SELECT id, lead_id FROM submissions")).one()
    page.goto(f"{url}/c/{links.confirm_token(KEYS, submission)}")
    tab.look("confirm")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    tab.look("confirmed")

    page.goto(f"{url}/u/{links.unsubscribe_token(KEYS, lead_id, uuid4())}")
    tab.look("unsubscribe")
    page.get_by_label("Send me the newsletter.").check()
    page.get_by_role("button", name="Stop what is ticked").click()
    expect(page.get_by_role("heading", name="Your choice is saved")).to_be_visible()
    tab.look("unsubscribed")

    with committed.database.transaction() as session:
        kinds = session.scalars(text("SELECT kind FROM events ORDER BY id")).all()
    assert kinds == ["form_submitted", "confirmed", "unsubscribed"]
