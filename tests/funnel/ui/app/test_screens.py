"""The main task of each screen: at a desk and on a phone, light and dark, with the keyboard, in both languages."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import DESK, PHONE
from tests.funnel.ui.app.conftest import SIZES
from tests.funnel.ui.app.story import CROWD, STOP, TRACKER, WORDING

BOTH = pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])


def heading(page):
    return page.get_by_role("main").get_by_role("heading", level=1)


@BOTH
def test_home_tells_what_is_new_what_runs_and_what_needs_a_person(tab, wishes):
    visitor = tab(**wishes)
    main = visitor.page.get_by_role("main")

    expect(main.get_by_role("term").filter(has_text="last 24 hours").locator("..")).to_contain_text("1")
    expect(main.get_by_text("1 lead stands at a failed step in welcome")).to_be_visible()
    expect(main.get_by_role("listitem").filter(has_text="2 leads inside")).to_contain_text("welcome")
    visitor.look_in_light_and_dark("home")
    main.get_by_role("link", name="lena@example.com").click()

    expect(heading(visitor.page)).to_have_text("Lena")
    expect(heading(visitor.page)).to_be_focused()


@BOTH
def test_leads_are_searched_and_the_question_stands_in_the_address(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/leads")
    expect(page.get_by_role("row")).to_have_count(51)
    visitor.look_in_light_and_dark("leads")

    page.get_by_role("searchbox", name="Search").fill("EXAMPLE.com")
    expect(page.get_by_role("row")).to_have_count(3)
    assert page.url.endswith("/app/leads?search=EXAMPLE.com")
    page.reload()
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("EXAMPLE.com")
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("searchbox", name="Search").fill("nobody like this")

    expect(page.get_by_text("No lead matches")).to_be_visible()
    visitor.look_in_light_and_dark("leads-none")
    page.get_by_role("link", name="Show all leads").click()
    expect(page.get_by_role("row")).to_have_count(51)
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("")


def test_filters_are_chips_that_come_off(tab, place):
    visitor = tab()
    page = visitor.page
    page.goto(f"{place.url}/app/leads")
    page.get_by_label("Stage", exact=True).select_option("Customer")
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("button", name="Remove Stage: Customer").click()
    expect(page.get_by_role("row")).to_have_count(51)
    page.get_by_role("textbox", name="Tag").fill("vip")
    page.keyboard.press("Enter")

    expect(page.get_by_role("row")).to_have_count(2)
    assert page.url.endswith("/app/leads?tag=vip")
    visitor.look("leads-tag")
    page.go_back()
    expect(page).to_have_url(re.compile("/app/$"))


def test_a_long_list_is_read_page_by_page(tab, place):
    page = tab().page
    page.goto(f"{place.url}/app/leads?search=crowd.example")
    expect(page.get_by_role("row")).to_have_count(51)
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("row")).to_have_count(CROWD - 50 + 1)
    expect(page.get_by_role("link", name="Next page")).to_have_count(0)
    page.get_by_role("link", name="First page").click()

    expect(page.get_by_role("row")).to_have_count(51)
    assert page.url.endswith("?search=crowd.example")


def test_a_row_of_leads_is_a_link_for_the_keyboard_and_all_of_it_for_the_mouse(tab, place):
    page = tab(size=DESK).page
    page.goto(f"{place.url}/app/leads?search=lena")
    row = page.get_by_role("row").filter(has_text="lena@example.com")
    row.get_by_role("cell").last.click(force=True)  # the link lies over it
    expect(heading(page)).to_have_text("Lena")
    page.go_back()
    page.get_by_role("link", name="lena@example.com").focus()
    page.keyboard.press("Enter")

    expect(heading(page)).to_have_text("Lena")


@BOTH
def test_the_page_of_a_lead_tells_who_it_is_and_everything_that_happened(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/leads?search=lena@")
    page.get_by_role("link", name="lena@example.com").click()
    main = page.get_by_role("main")

    expect(heading(page)).to_have_text("Lena")
    expect(page).to_have_title("Lena – Funnel")
    for said in ("Europe/Paris", WORDING, "agreed", "form guide, version 1", "network 192.0.2.0/24", "search / cpc"):
        expect(main.get_by_text(said).first).to_be_visible()
    expect(main.get_by_text("before the first step, goes on")).to_be_visible()
    story = main.get_by_role("list").last.get_by_role("listitem")
    expect(story).to_have_text(
        [
            re.compile(text)
            for text in (
                "Unsubscribed from all mail",
                "Moved from Subscriber to Lead · by the sequence “welcome”",
                "Entered the sequence “welcome”",
                "Filled in the form “guide”",
            )
        ]
    )
    visitor.look_in_light_and_dark("lead")
    page.get_by_role("tab", name="Timeline").focus()
    page.keyboard.press("ArrowRight")  # over the notes
    page.keyboard.press("ArrowRight")

    expect(main.get_by_text("Form guide, version 1", exact=True)).to_be_visible()
    assert page.url.endswith("?view=submissions")
    visitor.look_in_light_and_dark("lead-submissions")


def test_from_one_lead_to_another_the_heading_takes_the_focus(tab, place):
    page = tab().page
    page.goto(f"{place.url}/app/leads?search=lena@")
    page.get_by_role("link", name="lena@example.com").click()
    expect(heading(page)).to_have_text("Lena")
    page.keyboard.press("Control+k")
    page.keyboard.type("omar@")
    page.get_by_role("menuitem", name="omar@example.com").click()

    expect(heading(page)).to_have_text("omar@example.com")
    expect(heading(page)).to_be_focused()
    expect(page).to_have_title("omar@example.com – Funnel")


def test_a_long_story_is_loaded_as_it_is_read(tab, place):
    page = tab().page
    page.goto(f"{place.url}/app/leads?search=omar")
    page.get_by_role("link", name="omar@example.com").click()
    opened = page.get_by_text("Opened the mail")
    expect(opened.first).to_be_visible()
    before = opened.count()
    page.get_by_role("button", name="Load more").click()

    expect(page.get_by_text("Opened the mail “letter 54”")).to_be_visible()
    assert before < opened.count() == 55


def test_the_page_of_a_lead_speaks_french(tab, place):
    visitor = tab(locale="fr-FR", size=PHONE)
    page = visitor.page
    page.goto(f"{place.url}/app/leads?search=lena@")
    page.get_by_role("link", name="lena@example.com").click()

    expect(page.get_by_text("Étape : de Abonné à Prospect")).to_be_visible()
    expect(page.get_by_role("tab", name="Chronologie")).to_be_visible()
    visitor.look("lead-french")


def test_nobody_at_this_address(tab, place):
    visitor = tab()
    visitor.page.goto(f"{place.url}/app/leads/987654321")

    expect(visitor.page.get_by_role("alert")).to_contain_text("There is nothing at this address.")
    visitor.look("lead-none")
    visitor.complaints = [said for said in visitor.complaints if "404" not in said]


@BOTH
def test_a_mail_is_read_as_its_recipient_sees_it_and_nothing_in_it_runs(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    stopped = []
    page.on("requestfailed", lambda request: stopped.append((request.url, request.failure)))
    page.goto(f"{place.url}/app/mailbox")
    expect(page.get_by_role("row")).to_have_count(3)
    visitor.look_in_light_and_dark("mailbox")
    page.get_by_role("searchbox").fill("LENA@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="Your guide, Lena").click()

    letter = page.frame_locator("iframe").get_by_role("heading", level=1)
    expect(letter).to_have_text("Hello Lena")
    expect(letter).to_have_css("color", "rgb(200, 0, 0)")
    visitor.look_in_light_and_dark("mail")
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Read on").click()
    opened.value.wait_for_url(f"{place.url}/app/leads")
    opened.value.close()
    page.get_by_role("tab", name="Text").click()
    expect(page.get_by_text("Plain words to lena@example.com")).to_be_visible()
    expect(page.get_by_role("link", name=STOP)).to_have_attribute("href", STOP)
    visitor.look_in_light_and_dark("mail-text")
    page.get_by_role("tab", name="Headers").click()
    expect(page.get_by_role("row", name="List-Unsubscribe")).to_be_visible()
    visitor.look_in_light_and_dark("mail-headers")
    # The frame's policy stops the picture before it leaves, and the script; Chromium tells of both.
    assert (TRACKER, "csp") in stopped
    visitor.complaints = [said for said in visitor.complaints if TRACKER not in said and "script" not in said]


def test_a_mail_without_html_is_its_text(tab, place):
    page = tab().page
    page.goto(f"{place.url}/app/mailbox?to=omar@example.com")
    page.get_by_role("link", name="Only text").click()

    expect(page.get_by_role("tab")).to_have_text(["Text", "Headers"])
    expect(page.get_by_text("Plain words to omar@example.com")).to_be_visible()
