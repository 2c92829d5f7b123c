"""Webhooks in the settings, and leads taken away as a file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from funnel.crm import webhooks
from funnel.crm.facts import Fact, record
from funnel.crm.webhooks import Outcome
from funnel.models import Lead
from tests.funnel.ui.app.conftest import SIZES

BOTH = pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])


@BOTH
def test_a_webhook_is_added_its_secret_shown_once_and_deleted(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/settings/webhooks")
    page.get_by_role("button", name="New webhook").first.click()
    page.get_by_label("Address").fill("https://127.0.0.1/hook")
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("may not be called")
    page.get_by_label("Address").fill("https://hooks.example.com/funnel")
    page.get_by_label("Facts").fill("tagged, erased")
    visitor.look_in_light_and_dark("webhook-new")
    page.get_by_role("button", name="Add the webhook").click()
    dialog = page.get_by_role("alertdialog", name="The secret of this webhook")
    assert dialog.locator("code").inner_text().startswith("whsec_")
    visitor.look_in_light_and_dark("webhook-secret")
    dialog.get_by_role("button", name="Done").click()

    card = page.get_by_role("article", name="https://hooks.example.com/funnel")
    expect(card).to_contain_text("tagged, erased")
    expect(card).to_contain_text("Active")
    card.get_by_role("button", name="More for https://hooks.example.com/funnel").click()
    page.get_by_role("menuitem", name="Stop").click()
    expect(card).to_contain_text("Stopped")
    visitor.look_in_light_and_dark("webhooks")
    card.get_by_role("button", name="More for https://hooks.example.com/funnel").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)


def test_its_deliveries_say_how_each_call_went_and_can_be_sent_again(tab, place):
    number = called(place)
    visitor = tab()
    page = visitor.page
    page.goto(f"{place.url}/app/settings/webhooks")
    card = page.get_by_role("article", name="https://gone.example.com/")
    expect(card).to_contain_text("Stopped: it answered that it is gone")
    card.get_by_role("button", name="Deliveries").click()
    drawer = page.get_by_role("dialog", name="Deliveries")
    drawer.get_by_text("1 attempt").first.click()
    expect(drawer).to_contain_text("410 in 12 ms")
    expect(drawer).to_contain_text("Nobody lives here")
    visitor.look_in_light_and_dark("webhook-deliveries")
    drawer.get_by_role("button", name="Close").click()
    page.goto(f"{place.url}/app/")
    page.get_by_role("link", name="1 webhook was stopped").click()
    expect(page).to_have_url(f"{place.url}/app/settings/webhooks")
    card.get_by_role("button", name="More for https://gone.example.com/").click()
    page.get_by_role("menuitem", name="Tell again").click()
    page.get_by_role("dialog").get_by_label("Since").select_option("week")
    page.get_by_role("dialog").get_by_role("button", name="Tell again").click()
    expect(page.get_by_text("told again").first).to_be_visible()
    with place.database.transaction() as session:
        session.delete(webhooks.by_id(session, number))


def called(place):
    """A webhook whose receiver answered once, that it is gone."""
    now = datetime.now(UTC)
    with place.database.transaction() as session:
        webhook = webhooks.create(session, "https://gone.example.com/", [], False, b"sealed", now)
        record(session, [Fact("tagged", session.query(Lead.id).limit(1).scalar(), now, {"tag": "a"})])
    with place.database.transaction() as session:
        webhook = webhooks.by_id(session, webhook.id)
        webhooks.fill(session, webhook, now)
        [told] = webhooks.claim(session, webhook.id, now, now, 1)
        webhooks.record(
            session, webhook.id, told.id, Outcome(410, None, "Nobody lives here", 12, False, None), 0.0, now
        )
    return webhook.id


@BOTH
def test_the_leads_of_the_list_are_downloaded_as_a_file(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/leads")
    page.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog", name="Export leads")
    expect(dialog).to_contain_text("All leads.")
    dialog.get_by_label("Columns").select_option("hubspot")
    dialog.get_by_label("Between the cells").select_option("semicolon")
    visitor.look_in_light_and_dark("export")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download").click()
    told = download.value.path().read_bytes()

    assert download.value.suggested_filename.startswith("leads-hubspot-")
    rows = list(csv.DictReader(io.StringIO(told.decode("utf-8-sig"), newline=""), delimiter=";"))
    with place.database.transaction() as session:
        assert {row["Email"] for row in rows} == set(session.scalars(session.query(Lead.email).statement))
    expect(dialog).to_have_count(0)


def test_they_speak_french(tab, place):
    visitor = tab(locale="fr-FR")
    visitor.page.goto(f"{place.url}/app/leads")
    visitor.page.get_by_role("button", name="Exporter").click()
    expect(visitor.page.get_by_role("dialog", name="Exporter les prospects")).to_be_visible()
    visitor.look("export-french")
    visitor.page.goto(f"{place.url}/app/settings/webhooks")
    expect(visitor.page.get_by_role("button", name="Nouveau webhook").first).to_be_visible()
    visitor.look("webhooks-french")
