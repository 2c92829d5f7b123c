"""A lead's fields and tags are edited on its page, by mouse or keyboard, at a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.funnel.ui.app.conftest import SIZES


@pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])
def test_fields_and_tags_are_edited_and_what_is_emptied_is_gone(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/leads?search=lena@")
    page.get_by_role("link", name="lena@example.com").click()
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Edit fields and tags")
    dialog.get_by_label("Another field").fill("favourite dish")
    dialog.get_by_role("button", name="Add", exact=True).click()
    dialog.get_by_label("favourite dish").fill("Couscous")
    dialog.get_by_label("Tags").fill("vip, gourmet")
    visitor.look_in_light_and_dark("lead-edit")
    dialog.get_by_role("button", name="Save").click()

    expect(dialog).to_have_count(0)
    main = page.get_by_role("main")
    expect(main.get_by_text("Couscous")).to_be_visible()
    expect(main.get_by_role("link", name="gourmet")).to_be_visible()
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog.get_by_label("favourite dish").fill("")
    dialog.get_by_label("Tags").fill("vip")
    page.keyboard.press("Enter")

    expect(main.get_by_text("Couscous")).to_have_count(0)
    expect(main.get_by_role("link", name="gourmet")).to_have_count(0)
