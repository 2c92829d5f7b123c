"""What is typed is never lost: two editors of one draft, no connection, an ended login, leaving in haste."""

import re

from playwright.sync_api import expect

from tests.funnel.ui.conftest import EMAIL, PASSWORD
from tests.nurture_sequences.app.conftest import WIDE, card, open_editor, saved, settled


def subject(page, text):
    card(page, "hello").click()
    page.get_by_label("Subject", exact=True).fill(text)


def two(tab, place, key):
    """Two people at one draft; the second one's change comes too late."""
    first, second = tab(size=WIDE), tab(size=WIDE)
    for visitor in (first, second):
        open_editor(visitor, place, key)
    subject(first.page, "Theirs")
    settled(first.page)
    subject(second.page, "Mine")
    expect(second.page.get_by_text("This draft was changed elsewhere")).to_be_visible()
    second.complaints = [said for said in second.complaints if "status of 412" not in said]
    return second


def test_who_comes_second_may_take_the_first_one_s_draft_and_has_the_own_one_undo_away(tab, place, write):
    write("theirs")
    visitor = two(tab, place, "theirs")
    page = visitor.page
    visitor.look("conflict")
    page.get_by_role("button", name="Take theirs").click()

    expect(card(page, "hello")).to_contain_text("Theirs")
    assert saved(place, "theirs")["steps"][0]["email"]["subject"] == "Theirs"
    page.get_by_role("button", name="Undo").click()
    settled(page)
    assert saved(place, "theirs")["steps"][0]["email"]["subject"] == "Mine"
    expect(page.get_by_text("This draft was changed elsewhere")).to_have_count(0)


def test_or_keeps_the_own_draft_as_a_copy(tab, place, write):
    write("mine")
    write("mine-copy")
    visitor = two(tab, place, "mine")
    page = visitor.page
    page.get_by_role("button", name="Keep mine as a copy").click()

    page.wait_for_url(f"{place.url}/app/sequences/mine-copy-2")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trial (copy)")
    assert saved(place, "mine")["steps"][0]["email"]["subject"] == "Theirs"
    assert saved(place, "mine-copy-2")["steps"][0]["email"]["subject"] == "Mine"
    visitor.complaints = [said for said in visitor.complaints if "status of 428" not in said]


def test_without_a_connection_edits_are_kept_and_saved_when_it_is_back(tab, place, write):
    write("offline")
    visitor = tab(size=WIDE)
    page = open_editor(visitor, place, "offline")
    page.context.set_offline(True)
    subject(page, "Written in a tunnel")
    expect(page.get_by_text("your changes are kept here")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("Still going on.")
    visitor.look("offline")
    page.context.set_offline(False)
    settled(page)

    assert saved(place, "offline")["steps"][0]["email"] == {"subject": "Written in a tunnel", "text": "Still going on."}
    expect(page.get_by_text("your changes are kept here")).to_have_count(0)
    visitor.complaints = [said for said in visitor.complaints if "ERR_INTERNET_DISCONNECTED" not in said]


def test_when_the_login_ends_nothing_typed_is_lost(tab, place, write):
    write("expired")
    visitor = tab(size=WIDE)
    page = open_editor(visitor, place, "expired")
    card(page, "hello").click()
    page.context.clear_cookies()
    page.get_by_label("Subject", exact=True).fill("Typed too late")
    expect(page.get_by_role("dialog", name="Your login has ended")).to_be_visible()
    visitor.look("expired")
    other = page.context.new_page()
    other.goto(f"{place.url}/app/login")
    other.get_by_label("Email").fill(EMAIL)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url(f"{place.url}/app/")
    other.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")

    settled(page)
    assert saved(place, "expired")["steps"][0]["email"]["subject"] == "Typed too late"
    visitor.complaints = [said for said in visitor.complaints if "status of 401" not in said]


def test_who_leaves_in_haste_has_saved_all_the_same(tab, place, write):
    write("haste")
    page = open_editor(tab(size=WIDE), place, "haste")
    subject(page, "Just typed")
    page.get_by_role("navigation").get_by_role("link", name="Sequences").click()
    page.get_by_role("row", name=re.compile("haste")).get_by_role("link").click()

    expect(card(page, "hello")).to_contain_text("Just typed")
    assert saved(place, "haste")["steps"][0]["email"]["subject"] == "Just typed"
