"""Goals are made in the settings; a lead's page tells which it reached, records one, and takes it back."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from funnel.models import Conversion
from tests.funnel.ui.app.conftest import SIZES

BOTH = pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])


@BOTH
def test_a_goal_is_made_reached_and_withdrawn(tab, place, wishes, request):
    key = f"order-{request.node.callspec.id}"
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/settings/goals")
    page.get_by_role("button", name="New goal").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(f"Order {key}")
    dialog.get_by_label("Key").fill("Not A Key")
    dialog.get_by_label("Value").fill("49,90")
    dialog.get_by_label("Currency").fill("eur")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Use small letters")).to_be_visible()
    visitor.look_in_light_and_dark("goal-wrong")
    dialog.get_by_label("Key").fill(key)
    dialog.get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text=key)
    expect(row).to_contain_text("€49.90")
    visitor.look_in_light_and_dark("goals")
    row.get_by_role("button").click()
    dialog.get_by_label("Value").fill("60")
    dialog.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("€60.00")

    page.goto(f"{place.url}/app/leads?search=lena@")
    page.get_by_role("link", name="lena@example.com").click()
    page.get_by_role("button", name="Record a conversion").click()
    dialog.get_by_label("Goal").select_option(key)
    visitor.look("convert")
    dialog.get_by_role("button", name="Record").click()
    card = page.get_by_role("listitem").filter(has_text=f"Order {key}")
    expect(card).to_contain_text("€60.00")
    expect(page.get_by_text(f"Reached the goal “{key}”")).to_be_visible()
    card.get_by_role("button").click()
    dialog.get_by_label("Why?").fill("sent back")
    dialog.get_by_role("button", name="Withdraw").click()

    expect(card).to_contain_text("sent back")
    visitor.look_in_light_and_dark("converted")
    with place.database.transaction() as session:
        rows = session.scalars(select(Conversion).where(Conversion.reason == "sent back")).all()
        assert rows[-1].withdrawn_by.startswith("user ")


def test_goals_speak_french(tab, place):
    visitor = tab(locale="fr-FR")
    visitor.page.goto(f"{place.url}/app/settings/goals")

    expect(visitor.page.get_by_role("button", name="Nouvel objectif")).to_be_visible()
    visitor.look("goals-french")
