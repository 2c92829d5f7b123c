"""A live sequence: its numbers, its leads, what publishing would change, its versions, a pause, a simulation."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.nurture_sequences.app.conftest import SIZES, WIDE, card, open_editor, settled


@pytest.fixture
def live(place, write):
    """A published sequence of this key; Lena waits in it, and her mail was taken."""

    def make(key):
        write(key, live=True, inside=("lena@example.com", "omar@example.com"))
        with place.database.transaction() as session:
            session.execute(
                text("""
                UPDATE enrollments e SET step = 'breathe', visit = 2, due_at = now() + interval '2 days'
                  FROM sequences s, leads l WHERE s.id = e.sequence_id AND s.key = :key AND l.id = e.lead_id
                   AND l.email = 'lena@example.com'
            """),
                {"key": key},
            )
            session.execute(
                text("""
                INSERT INTO visits SELECT e.id, 1, 'hello', now(), now(), 'accepted' FROM enrollments e
                  JOIN sequences s ON s.id = e.sequence_id WHERE s.key = :key AND e.step = 'breathe'
            """),
                {"key": key},
            )

    return make


@pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])
def test_cards_count_and_the_leads_at_a_step_can_be_taken_out(tab, place, live, wishes):
    key = f"counted-{wishes['size'][0]}"
    live(key)
    visitor = tab(**wishes)
    page = open_editor(visitor, place, key)
    expect(page.get_by_text("1 about to begin")).to_be_visible()
    expect(card(page, "hello")).to_contain_text("1 came")
    expect(card(page, "breathe")).to_contain_text("1 here now")
    expect(card(page, "fork")).to_contain_text("Nobody yet")
    card(page, "breathe").click()
    expect(page.get_by_role("link", name="lena@example.com")).to_be_visible()
    visitor.look("inside")
    page.get_by_role("button", name="Take lena@example.com out").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Take out").click()

    expect(page.get_by_text("Nobody is at this step.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page, "breathe")).to_contain_text("1 came")
    expect(card(page, "breathe")).not_to_contain_text("here now")
    with place.database.transaction() as session:
        reasons = session.scalars(
            text(
                "SELECT reason FROM enrollments e JOIN sequences s ON s.id = e.sequence_id"
                " WHERE s.key = :key AND e.status = 'ended'"
            ),
            {"key": key},
        )
        assert list(reasons) == ["by hand"]


def test_publishing_tells_what_changes_and_who_stays(tab, place, live):
    live("changed")
    visitor = tab(size=WIDE)
    page = open_editor(visitor, place, "changed")
    card(page, "breathe").click()
    page.get_by_label("For", exact=True).fill("3")
    settled(page)
    page.keyboard.press("Escape")
    card(page, "hot").focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("The draft differs from v1")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish")
    expect(dialog.get_by_text("Wait 2 days → Wait 3 days")).to_be_visible()
    expect(dialog.get_by_text("Move up to lead")).to_be_visible()
    expect(dialog.get_by_text("2 leads are inside. Each stays in the version it entered")).to_be_visible()
    dialog.get_by_text("Where they stand").click()
    expect(dialog.get_by_text("v1, Wait 3 days: 1")).to_be_visible()
    visitor.look("preview")
    dialog.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 2 is live.")).to_be_visible()
    expect(page.get_by_text("The draft differs")).to_have_count(0)

    page.get_by_label("Shown").select_option(label="v1")
    expect(page.get_by_text("Version 1 as it was published.")).to_be_visible()
    expect(card(page, "breathe")).to_contain_text("Wait 2 days")
    expect(card(page, "breathe")).to_contain_text("1 here now")
    expect(page.get_by_role("button", name=re.compile("^Add a step"))).to_have_count(0)
    card(page, "breathe").click()
    expect(page.get_by_label("For", exact=True)).to_be_disabled()
    expect(page.get_by_role("link", name="lena@example.com")).to_be_visible()
    visitor.look("version")
    page.get_by_role("button", name="Back to the draft").click()
    expect(card(page, "breathe")).to_contain_text("Wait 3 days")


def test_a_pause_is_asked_about_and_seen(tab, place, live):
    live("pausing")
    visitor = tab(size=WIDE)
    page = open_editor(visitor, place, "pausing")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused: nobody moves, no mail leaves.")).to_be_visible()
    visitor.look("paused")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Paused: nobody moves")).to_have_count(0)
    with place.database.transaction() as session:
        assert session.scalar(text("SELECT status FROM sequences WHERE key = 'pausing'")) == "live"


@pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])
def test_a_lead_is_simulated_with_dates_and_reasons(tab, place, write, wishes):
    key = f"simulated-{wishes['size'][0]}"
    write(key)
    visitor = tab(**wishes)
    page = open_editor(visitor, place, key)
    page.get_by_role("button", name="Simulate").click()
    result = page.get_by_role("region", name="What would happen")
    expect(result.get_by_role("listitem")).to_have_count(5)
    expect(result).to_contain_text("Takes the path “Otherwise”")
    expect(result).to_contain_text("The sequence is over")
    visitor.look("sample")
    page.get_by_label("tag “vip”?", exact=True).select_option("1")
    expect(result).to_contain_text("Moved up to lead")
    page.get_by_label("tag “vip”?", exact=True).select_option("")
    page.get_by_label("Who", exact=True).select_option("real")
    page.get_by_label("Email address").fill("lena@example.com")
    expect(result).to_contain_text("Takes the path “vip”")
    page.get_by_label("Email address").fill("nobody@example.com")
    expect(page.get_by_text("There is no lead with this address.")).to_be_visible()
    visitor.look("nobody")
