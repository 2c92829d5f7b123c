"""A new installation: every screen says what will be here, and what to do first."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.browser import PHONE


@pytest.fixture(autouse=True)
def empty(place):
    """Nobody came yet."""
    with place.database.transaction() as session:
        session.execute(text("TRUNCATE leads, sequences, mailbox, forms CASCADE"))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "No sequence runs yet."),
        ("leads", "Nobody yet"),
        ("mailbox", "No mail yet"),
    ],
)
def test_an_empty_screen_teaches(tab, place, path, says):
    visitor = tab(size=PHONE)
    visitor.page.goto(f"{place.url}/app/{path}")

    expect(visitor.page.get_by_role("main").get_by_text(says)).to_be_visible()
    visitor.look_in_light_and_dark(f"empty-{path or 'home'}")


def test_the_way_to_a_first_form_is_one_click(tab, place):
    page = tab().page
    page.goto(f"{place.url}/app/leads")
    page.get_by_role("link", name="How forms are made").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("API")
