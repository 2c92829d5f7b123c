"""The list of sequences, and a new one from a ready document to its publishing."""

import re

import pytest
from playwright.sync_api import expect

from tests.nurture_sequences.app.conftest import SIZES, WIDE, add, card, order, saved, settled


@pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])
def test_from_an_empty_list_to_a_live_sequence(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    key = f"welcome-{wishes['size'][0]}"
    page.goto(f"{place.url}/app/sequences")
    if wishes["size"] == WIDE:
        expect(page.get_by_text("No sequence yet")).to_be_visible()
        visitor.look("empty")

    page.get_by_role("button", name="New sequence").first.click()
    dialog = page.get_by_role("dialog", name="New sequence")
    dialog.get_by_role("radio", name=re.compile("^Welcome")).check(force=True)
    dialog.get_by_role("textbox", name="Key").fill(key)
    dialog.get_by_label("Who enters").select_option(label="Who sends the form “The guide”")
    visitor.look("new")
    dialog.get_by_role("button", name="Make it").click()

    page.wait_for_url(f"{place.url}/app/sequences/{key}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome")
    expect(page.get_by_text("the form “guide” is sent")).to_be_visible()
    assert saved(place, key)["enter"] == {"form": "guide"}

    add(page, "after “Move up to lead”", "Wait")
    page.get_by_label("For", exact=True).fill("3")
    settled(page)
    visitor.look("wait")
    page.keyboard.press("Escape")
    add(page, "after “Wait 3 days”", "Email")
    page.get_by_label("Subject", exact=True).fill("How was it?")
    page.get_by_label("Text", exact=True).fill("Tell me in a line.")
    settled(page)
    page.keyboard.press("Escape")
    assert order(page)[-2:] == ["wait-1", "email-1"]
    expect(page.get_by_text("problems to mend")).to_have_count(0)

    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish")
    expect(dialog.get_by_text("This is the first version.")).to_be_visible()
    visitor.look("publish")
    dialog.get_by_role("button", name="Publish").click()

    expect(page.get_by_text("Version 1 is live.")).to_be_visible()
    expect(
        page.get_by_role("banner").get_by_text("Live").or_(page.locator("header").get_by_text("Live", exact=True))
    ).to_be_visible()
    expect(card(page, "email-1")).to_contain_text("Nobody yet")
    page.goto(f"{place.url}/app/sequences")
    row = page.get_by_role("row", name=re.compile(key))
    expect(row).to_contain_text("Live")
    visitor.look("list")


def test_a_key_that_is_taken_is_told_beside_its_field(tab, place, write):
    write("taken")
    visitor = tab(size=WIDE)
    page = visitor.page
    page.goto(f"{place.url}/app/sequences")
    page.get_by_role("button", name="New sequence").first.click()
    page.get_by_role("textbox", name="Key").fill("taken")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("There is another sequence with this key.")).to_be_visible()
    page.get_by_role("textbox", name="Key").fill("Not A Key")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("Use small letters, digits")).to_be_visible()
    visitor.look("taken")
    visitor.complaints = [said for said in visitor.complaints if "status of 428" not in said]


def test_a_sequence_is_duplicated(tab, place, write):
    write("original", live=True)
    page = tab(size=WIDE).page
    page.goto(f"{place.url}/app/sequences/original")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Duplicate").click()
    page.get_by_role("dialog").get_by_role("button", name="Duplicate").click()

    page.wait_for_url(f"{place.url}/app/sequences/original-copy")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trial (copy)")
    assert saved(place, "original-copy")["steps"] == saved(place, "original")["steps"]


def test_problems_and_unpublished_changes_stand_in_the_list(tab, place, write):
    write("broken", {"name": "Broken", "steps": [{"id": "x", "wait": "soon"}, {"id": "y", "tag": ""}]})
    page = tab(size=WIDE).page
    page.goto(f"{place.url}/app/sequences")

    row = page.get_by_role("row", name=re.compile("broken"))
    expect(row.get_by_role("cell").nth(3)).to_have_text("2")
    expect(row).to_contain_text("Draft")


def test_in_french_all_of_it_is_french(tab, place, write):
    write("essai", live=True)
    visitor = tab(size=WIDE, locale="fr-FR")
    page = visitor.page
    page.goto(f"{place.url}/app/sequences")
    expect(page.get_by_role("heading", level=1)).to_have_text("Séquences")
    page.get_by_role("row", name=re.compile("essai")).get_by_role("link").click()
    expect(card(page, "breathe")).to_contain_text("Attendre 2 jours")
    card(page, "fork").click()
    expect(page.get_by_role("complementary").get_by_label("Nom du chemin")).to_have_value("vip")
    visitor.look("french")
