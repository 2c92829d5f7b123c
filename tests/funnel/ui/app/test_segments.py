"""Segments are made of rows while their number is seen, kept, looked into, changed and deleted."""

import contextlib
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from funnel import jobs as working
from funnel.crm import segments
from funnel.crm.segments import Asker
from funnel.models import Job
from tests import factories
from tests.funnel.ui.app.conftest import SIZES
from tests.funnel.ui.app.test_screens import heading

BOTH = pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])


@pytest.fixture
def fill(place):
    """Counts what waits to be counted, as a worker would."""

    def work():
        with place.database.transaction() as session:
            waiting = session.query(Job).filter(Job.due_at.is_not(None)).all()
            for job in waiting:
                while not (bite := working.KINDS[job.kind](session, job, datetime.now(UTC))).over:
                    job.done = bite.done
                job.status, job.ended_at, job.due_at = "done", datetime.now(UTC), None

    return work


@pytest.fixture
def vips(place):
    """A segment `vips` with three leads in it, named by the segment `others`; gone after the test."""
    now = datetime.now(UTC)
    asker = Asker("user 1", now, now)
    with place.database.transaction() as session:
        leads = [factories.lead(session, f"vip{n}@example.com", tags=["dear"], at=now) for n in range(3)]
        segments.create(session, "vips", "Dear people", {"tag": "dear"}, asker)
        segments.create(session, "others", "Others", {"not": {"segment": "vips"}}, asker)
    yield [lead.email for lead in leads]
    with place.database.transaction() as session:
        emails = {"emails": [lead.email for lead in leads]}
        for table in ("consents", "lead_clocks"):
            session.execute(
                text(f"DELETE FROM {table} WHERE lead_id IN (SELECT id FROM leads WHERE email = ANY (:emails))"), emails
            )
        session.execute(text("DELETE FROM leads WHERE email = ANY (:emails)"), emails)
        for key in ("others", "vips", "new-people"):
            with contextlib.suppress(segments.UnknownSegmentError):
                segments.delete(session, key, asker)


@BOTH
def test_a_segment_is_made_of_rows_while_its_number_is_seen(tab, place, vips, fill, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/segments")
    expect(page.get_by_role("row").filter(has_text="Dear people")).to_contain_text("being counted")
    fill()
    page.reload()
    expect(page.get_by_role("row").filter(has_text="Dear people")).to_contain_text("3")
    visitor.look_in_light_and_dark("segments")
    page.get_by_role("link", name="New segment").click()
    expect(heading(page)).to_have_text("New segment")

    page.get_by_label("Name").fill("New people")
    expect(page.get_by_label("Key")).to_have_value("new-people")
    rows = page.get_by_role("group", name="Who belongs to it")
    rows.get_by_label("Value").fill("dear")
    expect(page.locator("section").filter(has_text="Finds now")).to_contain_text("3")
    rows.get_by_role("button", name="Add a condition").click()
    second = rows.get_by_role("listitem").nth(1)
    second.get_by_label("About").select_option("came")
    second.get_by_label("Test").select_option("is in the last")
    second.get_by_label("Value").fill("2 days")
    expect(page.get_by_text(vips[0])).to_be_visible()
    visitor.look_in_light_and_dark("segment-new")
    page.get_by_role("button", name="Save").click()

    expect(heading(page)).to_have_text("New people")
    with place.database.transaction() as session:
        kept = segments.read(session, "new-people")
        assert kept.condition == {"all": [{"tag": "dear"}, {"created": {"in_last": "2 days"}}]}


@BOTH
def test_a_segment_shows_who_is_in_it_and_what_needs_it(tab, place, vips, fill, wishes):
    fill()
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/segments/vips")

    expect(page.get_by_role("table").get_by_role("row")).to_have_count(4)
    expect(page.get_by_role("link", name="the segment others")).to_be_visible()
    visitor.look_in_light_and_dark("segment")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("is named by the segment others")).to_be_visible()
    visitor.complaints = [said for said in visitor.complaints if "409" not in said]
    page.get_by_role("table").get_by_role("link", name=vips[0]).click()

    expect(page.get_by_role("link", name="Dear people")).to_be_visible()


def test_every_term_can_be_asked_by_fields_and_what_is_wrong_is_said(tab, place, vips):
    visitor = tab()
    page = visitor.page
    page.goto(f"{place.url}/app/segments?view=new")
    row = page.get_by_role("group", name="Who belongs to it").get_by_role("listitem").first
    about = row.get_by_label("About")
    for term in about.locator("option").all_text_contents():
        about.select_option(term)
        expect(row.get_by_label("JSON")).to_have_count(0)
    visitor.look("segment-terms")

    about.select_option("segment")
    row.get_by_label("Value").fill("vip")
    expect(page.get_by_text('there is no segment "vip"; did you mean "vips"?')).to_be_visible()
    row.get_by_label("Value").fill("vips")
    expect(page.get_by_text(vips[0])).to_be_visible()
    page.get_by_label("Name").fill("Unkept")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Leads").first.click()


def test_segments_are_read_in_french(tab, place, vips, fill):
    fill()
    visitor = tab(locale="fr-FR")
    page = visitor.page
    page.goto(f"{place.url}/app/segments/vips")

    expect(page.get_by_text("Arrivés en 7 jours")).to_be_visible()
    visitor.look("segment-fr")
