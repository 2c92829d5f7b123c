"""What is settled once and for all: one tab each, found by everybody."""

from playwright.sync_api import expect


def test_settings_begin_with_their_first_tab(tab, place):
    page = tab().page
    page.get_by_role("link", name="Settings").click()

    expect(page).to_have_url(f"{place.url}/app/settings/tokens")
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    expect(page.get_by_role("tab", name="API tokens")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("link", name="Settings")).to_have_attribute("aria-current", "page")


def test_a_tab_that_does_not_exist_says_so(tab, place):
    page = tab().page
    page.goto(f"{place.url}/app/settings/nothing")

    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
