"""A newcomer's first quarter of an hour, in a minute: `funnel up --demo`, a real browser, two weeks of letters."""

from __future__ import annotations

import contextlib
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect

from tests.browser import DESK, PHONE, Tab, chromium
from tests.stories.service import Service, eventually, moment

#: engine seconds in a real one: the two weeks take three quarters of a minute
SPEED = 30_000
#: what a busy machine may be late, for each mail (real seconds)
LATE_SECONDS = 6.0
LATE = timedelta(seconds=LATE_SECONDS * SPEED)
WAITS = [timedelta(days=days) for days in (3, 4, 3, 4)]
LETTERS = [
    "Your guide to solar roofs, Lena",
    "Flat roofs carry more than you think",
    "What a roof like yours brings",
]
OLGAS = [
    "Your guide to solar roofs, Olga",
    "What lies under your tiles matters",
    "What a roof like yours brings",
    "Three roofs, one street",
    "An hour on your roof",
]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    home = tmp_path_factory.mktemp("demo") / "home"
    with Service(home, "--demo", "--speed", str(SPEED)) as service:
        yield service


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def tab(browser, service, tmp_path_factory):
    """Makes visitors' pages; their pictures stay in a folder that SCREENS may name."""
    pictures = Path(os.environ.get("SCREENS") or tmp_path_factory.mktemp("screens"))
    return lambda **wishes: Tab(browser, [service.url, service.site], pictures, **wishes)


def test_the_whole_story_from_a_form_on_another_origin_to_the_unsubscribe_button(service, tab):
    fill_in_without_a_script(service, tab)
    fill_in_with_the_keyboard(service, tab)

    lead = eventually(lambda: service.lead("lena@example.com"), 10)
    assert lead["fields"] == {"first_name": "Lena", "roof": "Flat", "bill": 1800}
    mails = eventually(lambda: (found := service.mails("lena@example.com"))[2:] and found, seconds(WAITS[:2]))
    assert [mail["subject"] for mail in mails] == LETTERS
    on_time(mails, lead["created_at"])
    eventually(lambda: service.lead("lena@example.com")["stage"] == "lead", LATE_SECONDS)
    unsubscribe(service, tab, mails[1])
    [enrollment] = eventually(lambda: ended(service, lead), LATE_SECONDS)
    assert enrollment["reason"] == "unsubscribed"
    letters = len(service.mails("lena@example.com"))
    read_in_the_app(service, tab, lead)

    # By the time somebody who stayed has all five letters, nothing more has come for Lena.
    mails = eventually(lambda: (found := service.mails("olga@example.com"))[4:] and found, seconds(WAITS))
    assert [mail["subject"] for mail in mails] == OLGAS
    olga = service.lead("olga@example.com")
    on_time(mails, olga["created_at"])
    eventually(lambda: service.lead("olga@example.com")["stage"] == "marketing-qualified", LATE_SECONDS)
    assert len(service.mails("lena@example.com")) == letters <= 4


def test_on_a_phone_every_page_fits_and_says_what_is_wrong(service, tab):
    with tab(size=PHONE) as visitor:
        page = visitor.page
        page.goto(f"{service.site}/?utm_source=fair")
        visitor.look("phone-1-page")
        page.get_by_label("Email", exact=False).first.fill("nobody")
        page.get_by_role("button", name="Send me the guide").click()
        expect(page.get_by_role("alert")).to_be_focused()
        visitor.look("phone-2-errors")
        page.goto(f"{service.url}/f/guide")
        visitor.look("phone-3-hosted-form")
        page.get_by_label("Email").first.fill("nobody@example")
        page.get_by_label("First name").fill("No")
        page.get_by_label("Send me the guide").check()
        page.get_by_role("button").click()
        expect(page.get_by_label("First name")).to_have_value("No")
        visitor.look("phone-3-hosted-form-refused")
        page.goto(f"{service.site}/thanks")
        visitor.look("phone-4-thanks")
        sign_in(service, page)
        for number, name in enumerate(("", "leads", "mailbox", "sequences", "sequences/solar-guide"), 5):
            page.goto(f"{service.url}/app/{name}")
            page.get_by_role("main").get_by_role("heading", level=1).wait_for()
            page.wait_for_load_state("networkidle")
            visitor.look(f"phone-{number}-{name.replace('/', '-') or 'home'}")


def test_two_hundred_leads_with_a_history_are_there_from_the_start(service):
    found = service.get("/leads", limit="500")["items"]

    seeded = [lead for lead in found if lead["demo"]]
    assert len(seeded) == 200
    assert len({lead["stage"] for lead in seeded}) >= 5


def test_when_the_service_is_away_the_visitor_is_told_and_nothing_typed_is_lost(service, tab):
    with tab() as visitor:
        page = visitor.page
        page.goto(service.site)
        page.route("**/f/guide", lambda route: route.abort())
        page.get_by_label("First name").fill("Nils")
        page.get_by_role("button", name="Send me the guide").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        expect(page.get_by_label("First name")).to_have_value("Nils")
        visitor.look("desk-service-away")
        visitor.complaints = [said for said in visitor.complaints if "ERR_FAILED" not in said]


def test_the_browser_notices_what_a_hasty_eye_would_not(service, tab):
    visitor = tab()
    visitor.page.goto(service.site)
    visitor.page.evaluate("console.error('boom'); document.body.append(new Image()); setTimeout(() => nothing(), 0)")
    visitor.look("noticed")
    with contextlib.suppress(Error):
        visitor.page.goto("http://127.0.0.1:1/elsewhere", wait_until="commit")

    noticed = "\n".join(visitor.complaints)
    for word in ("boom", "nothing is not defined", "http://127.0.0.1:1/elsewhere", "image-alt"):
        assert word in noticed
    with pytest.raises(AssertionError):
        visitor.close()


def fill_in_without_a_script(service, tab):
    """Olga's browser runs no script: the service's page says what is wrong, keeps what was right, sends her back."""
    with tab(scripts=False) as visitor:
        page = visitor.page
        page.goto(f"{service.site}/?utm_source=letter&utm_medium=paper")
        page.get_by_label("First name").fill("Olga")
        page.get_by_label("Email").first.fill("olga@example")
        page.get_by_label("Your roof").select_option("Tiles")
        page.get_by_label("Send me the guide").check()
        page.get_by_role("button").click()
        page.wait_for_url(f"{service.url}/f/guide")
        expect(page.get_by_label("First name")).to_have_value("Olga")
        visitor.look("noscript-1-refused")
        page.get_by_label("Email").first.fill("olga@example.com")
        page.get_by_role("button").click()
        page.wait_for_url(f"{service.site}/thanks")
        visitor.look("noscript-2-thanks")


def fill_in_with_the_keyboard(service, tab):
    """Lena uses no mouse; her first try is empty."""
    with tab(size=DESK) as visitor:
        page, press = visitor.page, visitor.page.keyboard.press
        page.goto(f"{service.site}/?utm_source=search&gclid=abc")
        visitor.look("desk-1-page")
        page.get_by_role("button").focus()
        press("Enter")
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_role("alert").get_by_role("link")).to_have_count(3)
        visitor.look("desk-2-errors")
        press("Tab")
        press("Enter")
        expect(page.get_by_label("First name")).to_be_focused()
        page.keyboard.type("Lena")
        press("Tab")
        page.keyboard.type("lena@example.com")
        press("Tab")
        page.keyboard.type("Flat")
        press("Tab")
        page.keyboard.type("1800")
        press("Tab")
        press("Space")
        press("Tab")
        press("Tab")
        expect(page.get_by_role("button")).to_be_focused()
        press("Enter")
        expect(page.get_by_role("status")).to_be_focused()
        visitor.look("desk-3-thanks")


def read_in_the_app(service, tab, lead):
    """What a marketer sees of it."""
    with tab() as marketer:
        page = marketer.page
        page.goto(f"{service.url}/app/leads")
        marketer.look("desk-4-login")
        sign_in(service, page)
        page.goto(f"{service.url}/app/leads")
        row = page.get_by_role("row", name=re.compile("lena@example.com"))
        expect(row.get_by_role("cell", name="Lead", exact=True)).to_be_visible()
        marketer.look("desk-5-leads")
        row.get_by_role("link").click()
        page.wait_for_url(f"{service.url}/app/leads/{lead['id']}")
        expect(page.get_by_text("Left the sequence “solar-guide”")).to_be_visible()
        marketer.look("desk-6-lead")
        page.goto(f"{service.url}/app/")
        expect(page.get_by_role("main").get_by_role("heading", level=1)).to_have_text("Home")
        marketer.look("desk-7-home")
        page.goto(f"{service.url}/app/sequences/solar-guide")
        expect(page.locator('[data-step="ready"]')).to_contain_text("came")
        marketer.look("desk-8-sequence")
        page.goto(f"{service.url}/app/mailbox?to=lena@example.com")
        marketer.look("desk-9-mailbox")
        page.get_by_role("link", name=LETTERS[0]).click()
        expect(page.get_by_role("main").get_by_role("heading", level=1)).to_have_text(LETTERS[0])
        marketer.look("desk-10-mail")


def unsubscribe(service, tab, mail):
    """The link of a mail, and the button behind it: opening the link alone changes nothing."""
    link = re.search(rf"{service.url}/u/\S+", mail["text"])[0].rstrip(">")
    with tab(size=PHONE) as recipient:
        page = recipient.page
        page.goto(link)
        page.get_by_role("button", name=re.compile("^Unsubscribe")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your choice is saved")
        recipient.look("phone-unsubscribe-2")
        page.goto(link)
        recipient.look("phone-unsubscribe-1")


def sign_in(service, page):
    email, password = service.first_login
    page.goto(f"{service.url}/app/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{service.url}/app/")


def on_time(mails, created_at):
    """Each letter as long after the one before as the sequence says: never early, and hardly late."""
    times = [moment(created_at), *(moment(mail["at"]) for mail in mails)]
    for wait, earlier, later in zip([timedelta(), *WAITS], times, times[1:], strict=False):
        assert wait <= later - earlier < wait + LATE


def ended(service, lead):
    """The lead's enrollments, once they are over."""
    items = service.get(f"/leads/{lead['id']}/enrollments")["items"]
    return items if items and all(one["status"] == "ended" for one in items) else None


def seconds(waits):
    """Real seconds that these waits take at most."""
    return sum(waits, timedelta()).total_seconds() / SPEED + LATE_SECONDS * (len(waits) + 1)
