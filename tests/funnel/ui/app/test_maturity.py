"""How mature a lead is, and why: told on its page, and changed by hand."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from funnel.models import Event, Lead
from nurture_sequences import reactions
from tests import factories
from tests.funnel.ui.app.conftest import SIZES

BOTH = pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])


@pytest.fixture
def mia(place):
    """A lead whose first form gave points and moved it, as the engine does it."""
    now = datetime.now(UTC)
    with place.database.transaction() as session:
        lead = factories.lead(session, at=now, fields={"company": "Nadir"})
        factories.submitted(session, lead, at=now)
        reactions.react(session, [lead.id], now)
        return lead.id


@BOTH
def test_the_page_of_a_lead_says_why_it_has_its_score_and_its_stage(tab, place, mia, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/leads/{mia}")
    main = page.get_by_role("main")

    expect(main.get_by_text("by rule: entered with fit 10 and engagement 20").first).to_be_visible()
    main.get_by_text("Why 30 points").click()
    expect(main.get_by_text("Filled in a form", exact=True)).to_be_visible()
    expect(main.get_by_text("The company is known", exact=True)).to_be_visible()
    main.get_by_text("Moves (1)").click()
    expect(main.get_by_text("from Subscriber to Lead", exact=True)).to_be_visible()
    visitor.look("lead-maturity")


def test_a_person_moves_a_lead_and_says_how_long_rules_leave_it_there(tab, place, mia):
    visitor = tab(locale="fr-FR")
    page = visitor.page
    page.goto(f"{place.url}/app/leads/{mia}")
    page.get_by_role("button", name="Déplacer à la main").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Étape").select_option("opportunity")
    dialog.get_by_label("Les règles l’y laissent").select_option("90")
    visitor.look("lead-move")
    dialog.get_by_role("button", name="Déplacer", exact=True).click()

    expect(page.get_by_text("aucune règle ne bouge ce prospect avant")).to_be_visible()
    with place.database.transaction() as session:
        lead = session.get(Lead, mia)
        moved = session.query(Event).filter_by(lead_id=mia, kind="stage_changed").order_by(Event.id.desc()).first()
        assert lead.stage == "opportunity"
        assert 89 <= (lead.stage_held_until - datetime.now(UTC)).days <= 90
        assert (moved.data["reason"], moved.data["by"][:5]) == ("person", "user ")
