"""Rules of score and stages are read, changed, tried before anything is published, and published."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from funnel.crm import rules
from nurture_sequences import reactions
from tests import factories
from tests.funnel.ui.app.conftest import SIZES

BOTH = pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])


@pytest.fixture
def mia(place):
    now = datetime.now(UTC)
    with place.database.transaction() as session:
        lead = factories.lead(session, at=now)
        factories.submitted(session, lead, at=now)
        reactions.react(session, [lead.id], now)
        return lead.email


@pytest.fixture
def newest(place):
    def read(kind):
        with place.database.transaction() as session:
            return rules.newest(session, kind)

    return read


@BOTH
def test_the_rules_that_count_are_there_for_everybody(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/rules")

    expect(page.get_by_role("region", name="Rule 1", exact=True).get_by_label("Name")).to_have_value("Filled in a form")
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    visitor.look("rules-scoring")
    page.get_by_role("tab", name="Stages").click()
    expect(page.get_by_role("region", name="Marketing-qualified")).to_be_visible()
    visitor.look("rules-ladder")


def test_other_points_are_tried_and_published(tab, place, mia, newest):
    before = newest("scoring").number
    visitor = tab()
    page = visitor.page
    page.goto(f"{place.url}/app/rules")
    first = page.get_by_role("region", name="Rule 1", exact=True)
    first.get_by_label("Points", exact=True).fill("60")
    first.get_by_text("Conditions and limits").click()
    first.get_by_label("At most").fill("90")

    page.get_by_role("button", name="What if?").click()
    found = page.get_by_role("region", name="What would differ")
    expect(found).to_contain_text("2 would stand on another rung")
    expect(found).to_contain_text("from Lead to Marketing-qualified")
    expect(found.get_by_role("link", name=mia)).to_be_visible()
    visitor.look("rules-what-if")
    assert newest("scoring").number == before
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Publish").click()

    expect(page.get_by_text(f"Published: version {before + 1} counts.")).to_be_visible()
    published = newest("scoring")
    assert published.document["rules"][0]["points"] == 60
    assert published.document["rules"][0]["at_most"] == {"points": 90, "per": "7 days"}
    assert published.published_by.startswith("user ")


def test_a_rule_of_what_holds_is_made_of_rows(tab, place, newest):
    visitor = tab()
    page = visitor.page
    page.goto(f"{place.url}/app/rules")
    page.get_by_role("button", name="Add a rule").click()
    rule = page.get_by_role("region", name="Rule").last
    rule.get_by_label("Gives points").select_option("while")
    holds = rule.get_by_role("group", name="What must hold")
    holds.get_by_label("About").select_option("tag")
    holds.get_by_label("Value").fill("fair")
    visitor.look("rules-holds")
    publish(page)

    expect(page.get_by_text("Published: version")).to_be_visible()
    made = newest("scoring").document["rules"][-1]
    assert (made["while"], made["axis"], made["points"]) == ({"tag": "fair"}, "fit", 10)


def test_what_is_wrong_is_told_at_its_rule_and_cannot_be_published(tab, place):
    visitor = tab(locale="fr-FR")
    page = visitor.page
    page.goto(f"{place.url}/app/rules")
    page.get_by_role("button", name="Ajouter une règle").click()
    rule = page.get_by_role("region", name="Règle").last
    rule.get_by_label("Points", exact=True).fill("beaucoup")

    expect(rule.get_by_text("expected a whole number")).to_be_visible()
    expect(page.get_by_role("button", name="Publier")).to_be_disabled()
    visitor.look("rules-problem")
    page.get_by_role("button", name="Annuler les changements").click()
    expect(page.get_by_text("À corriger d’abord")).to_have_count(0)


def test_a_stage_gets_a_rule_and_loses_it(tab, place, newest):
    page = tab().page
    page.goto(f"{place.url}/app/rules?view=ladder")
    rung = page.get_by_role("region", name="Customer")
    rung.get_by_text("Leads come here by rule").click()
    enter = rung.get_by_role("group", name="Enters who fulfils")
    enter.get_by_label("About").select_option("tag")
    enter.get_by_label("Value").fill("bought")
    publish(page)
    expect(page.get_by_text("Published: version 2 counts.")).to_be_visible()
    assert {"stage": "customer", "enter": {"tag": "bought"}} in newest("ladder").document["rungs"]

    rung.get_by_text("Leads come here by rule").click()
    publish(page)

    expect(page.get_by_text("Published: version 3 counts.")).to_be_visible()
    assert "customer" not in [one["stage"] for one in newest("ladder").document["rungs"]]


def test_nobody_publishes_over_rules_they_have_not_seen(tab, place, newest):
    page = tab().page
    page.goto(f"{place.url}/app/rules")
    first = page.get_by_role("region", name="Rule 1", exact=True)
    first.get_by_label("Name").fill("Mine")
    theirs = newest("scoring")
    with place.database.transaction() as session:
        document = theirs.document | {"half_life": "20 days"}
        rules.publish(session, "scoring", document, theirs.number, datetime.now(UTC), "user 9")

    publish(page)

    expect(page.get_by_text("Somebody published other rules meanwhile.")).to_be_visible()
    expect(first.get_by_label("Name")).to_have_value("Mine")
    assert newest("scoring").published_by == "user 9"


def publish(page):
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Publish").click()
