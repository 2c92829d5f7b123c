"""The frame around every screen: navigation, search, menus, language, light and dark, by mouse and keyboard."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from funnel.crm import installation
from tests.browser import DESK, PHONE
from tests.funnel.ui.app.conftest import SIZES
from tests.funnel.ui.conftest import EMAIL


@pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])
def test_the_first_screen_is_there_for_everybody(tab, wishes):
    visitor = tab(**wishes)

    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Home")
    expect(visitor.page).to_have_title("Home – Funnel")
    visitor.look("home")


def test_on_a_phone_the_rooms_fold_into_a_menu(tab):
    visitor = tab(size=PHONE)
    page = visitor.page
    expect(page.get_by_role("navigation", name="Main")).to_have_count(0)

    page.get_by_role("button", name="Open the menu").click()

    rooms = page.get_by_role("navigation", name="Main").get_by_role("link")
    names = [
        "Home",
        "Leads",
        "Board",
        "Tasks",
        "Segments",
        "Sequences",
        "Score and stages",
        "Mailbox",
        "Held",
        "Settings",
    ]
    expect(rooms).to_have_text(names)
    visitor.look("menu")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Open the menu")).to_be_focused()


def test_the_first_tab_stop_leads_past_the_frame(tab):
    page = tab(size=DESK).page

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def test_the_search_goes_to_a_screen_and_finds_a_lead_without_a_mouse(tab, place):
    visitor = tab(size=DESK)
    page = visitor.page
    page.keyboard.press("Control+k")
    page.keyboard.type("LENA@")
    found = page.get_by_role("menuitem", name="lena@example.com")
    expect(found).to_be_visible()
    expect(page.get_by_role("menuitem")).to_have_count(1)
    visitor.look("search")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/app/leads/\d+$"))


def test_the_search_says_when_there_is_nothing(tab):
    page = tab().page
    page.keyboard.press("/")
    page.keyboard.type("zzzz")

    expect(page.get_by_text("Nothing found.")).to_be_visible()


def test_the_user_chooses_language_and_appearance_and_both_are_remembered(tab):
    visitor = tab()
    page = visitor.page
    menu = page.get_by_role("button", name="Your settings")
    menu.click()
    expect(page.get_by_role("menuitemradio", name="English")).to_be_checked()
    visitor.look("user-menu")
    page.get_by_role("menuitemradio", name="Français").click()
    expect(page.get_by_role("heading", level=1, name="Accueil")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Vos réglages").click()
    page.get_by_role("menuitemradio", name="Sombre").click()

    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Accueil")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    visitor.look("french-dark")


def test_a_french_browser_gets_french(tab):
    expect(tab(locale="fr-CA").page).to_have_title("Accueil – Funnel")


def test_signing_out_ends_the_session(tab, place):
    page = tab().page
    page.get_by_role("button", name="Your settings").click()
    expect(page.get_by_text(f"Signed in as {EMAIL}")).to_be_visible()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url(f"{place.url}/app/login")

    page.goto(f"{place.url}/app/")

    expect(page).to_have_url(re.compile("/app/login"))


def test_held_sending_and_a_silent_engine_are_told_on_every_screen(tab, place):
    with place.database.transaction() as session:
        installation.hold_sending(session, "waiting for Mia")
        session.execute(text("UPDATE installation SET pulse_at = now() - interval '5 minutes'"))
    try:
        visitor = tab(size=PHONE)
        strip = visitor.page.get_by_role("status")
        expect(strip.get_by_text("Sending is held: waiting for Mia")).to_be_visible()
        expect(strip.get_by_text("The engine has been silent")).to_be_visible()
        visitor.look("strip")
    finally:
        with place.database.transaction() as session:
            session.execute(text("UPDATE installation SET sending_held = NULL, pulse_at = now() + interval '1 day'"))


def test_an_address_that_is_none_says_so(tab, place):
    visitor = tab()
    visitor.page.goto(f"{place.url}/app/nowhere/at/all")

    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Not found")
    visitor.look("not-found")
