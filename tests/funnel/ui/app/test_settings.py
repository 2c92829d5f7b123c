"""What is settled once and for all: one tab each, found by everybody."""

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.funnel.ui.app.conftest import SIZES

BOTH = pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])


def test_settings_begin_with_their_first_tab(tab, place):
    page = tab().page
    page.get_by_role("link", name="Settings").click()

    expect(page).to_have_url(f"{place.url}/app/settings/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    expect(page.get_by_role("tab", name="My account")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("link", name="Settings")).to_have_attribute("aria-current", "page")


def test_a_tab_that_does_not_exist_says_so(tab, place):
    page = tab().page
    page.goto(f"{place.url}/app/settings/nothing")

    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")


@BOTH
def test_a_token_is_made_shown_once_and_revoked(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/settings/tokens")
    page.get_by_role("button", name="New token").first.click()
    page.get_by_label("Name").fill("shop")
    page.get_by_role("checkbox", name="leads:read").check(force=True)
    visitor.look_in_light_and_dark("token-new")
    page.get_by_role("button", name="Make the token").click()
    dialog = page.get_by_role("alertdialog", name="The token was made")
    text = dialog.locator("code").inner_text()
    assert text.startswith("fnl_")
    visitor.look_in_light_and_dark("token-made")
    assert reads_leads(place, text) == 200
    dialog.get_by_role("button", name="Done").click()
    row = page.get_by_role("row").filter(has_text="shop").filter(has_text="Works")
    expect(row).to_contain_text("leads:read")
    visitor.look_in_light_and_dark("tokens")
    row.get_by_role("button", name="Revoke the token shop").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()

    expect(page.get_by_text("The token shop opens nothing any more.")).to_be_visible()
    expect(row).to_have_count(0)
    assert reads_leads(place, text) == 401


def test_tokens_speak_french(tab, place):
    visitor = tab(locale="fr-FR")
    visitor.page.goto(f"{place.url}/app/settings/tokens")

    expect(visitor.page.get_by_role("button", name="Nouveau jeton").first).to_be_visible()
    visitor.look("tokens-french")


def reads_leads(place, text):
    """The status that a program with this token gets."""
    asked = urllib.request.Request(f"{place.url}/api/v1/leads", headers={"Authorization": f"Bearer {text}"})
    try:
        return urllib.request.urlopen(asked).status
    except urllib.error.HTTPError as error:
        return error.code
