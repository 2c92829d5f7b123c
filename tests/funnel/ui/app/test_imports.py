"""An import in the app: a file is chosen, its columns corrected, consent stated, tried, run, and its report read."""

import os
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, text

from funnel import config, import_work, jobs
from funnel.context import Context
from funnel.models import Import, Job
from tests.conftest import KEYS
from tests.funnel.ui.app.conftest import SIZES

FILE = (
    b"Record ID,Email,First name,Lifecycle Stage,Loyal,Unsubscribed from all email\n"
    b"1,imported.ann@example.com,Ann,Customer,gold,\n"
    b"2,imported.bob@example.com,Bob,,,TRUE\n"
    b"3,not an address,Carl,,,\n"
    b"4,imported.ann@example.com,Anna,,,\n"
)


@pytest.fixture
def worked(place, tmp_path):
    """Works on the newest job, as a worker would."""
    settings = config.load(
        {**os.environ, **KEYS, "DATABASE_URL": "postgresql://nowhere/none", "FUNNEL_HOME": str(tmp_path)}
    )

    def work():
        context = Context(settings, place.database)
        with place.database.transaction() as session:
            job = session.scalars(select(Job).where(Job.kind == "import").order_by(Job.id.desc())).first()
        jobs.work(context, import_work.kinds(settings), job.id, lambda: True)

    return work


def choose(page, place, name="people.csv", data=FILE):
    page.goto(f"{place.url}/app/leads")
    page.get_by_role("link", name="Import", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": data})


@pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])
def test_from_the_file_to_the_report(tab, place, worked, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    choose(page, place)

    expect(page.get_by_role("heading", level=1)).to_have_text("people.csv")
    expect(page.get_by_text("This looks like an export of HubSpot.")).to_be_visible()
    expect(page.get_by_label("What Email means")).to_have_value("email")
    expect(page.get_by_label("What Unsubscribed from all email means")).to_have_value("opt_out")
    expect(page.get_by_label("Key of the field Loyal")).to_have_value("loyal")
    visitor.look("import-new")

    page.get_by_label("What Loyal means").select_option("tags")
    expect(page.get_by_label("Key of the field Loyal")).to_have_count(0)
    page.get_by_label("These people").select_option("consented")
    page.get_by_label("In which words").fill("Send me the letter")
    page.get_by_label("When, at the latest").fill("2025-01-02")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Needed for this.")).to_be_visible()
    page.get_by_label("Where it can be looked up").fill("the form of the shop")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True).first).to_be_visible()

    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    visitor.look("import-working")
    worked()
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    refused = page.get_by_role("region", name="Refused rows").get_by_role("row")
    expect(refused).to_have_count(3)
    expect(refused.nth(1)).to_contain_text("not an email address")
    expect(refused.nth(2)).to_contain_text("line 2 already")
    visitor.look("import-tried")

    page.get_by_role("button", name="Run the import").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    worked()
    expect(page.get_by_text("You may mail 1 of 2.")).to_be_visible()
    expect(page.get_by_role("button", name="Run the import")).to_have_count(0)
    visitor.look("import-done")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them").click()
    assert "not an address" in download.value.path().read_text(encoding="utf-8-sig")
    page.goto(f"{place.url}/app/imports")
    expect(page.get_by_role("row").nth(1)).to_contain_text("done")
    visitor.look("imports")
    with place.database.transaction() as session:
        one = session.scalars(select(Import).order_by(Import.id.desc())).first()
        assert one.consent["by"].startswith("user ")
        assert one.run_at <= datetime.now(UTC)
    forget(place)


def forget(place):
    """The next test finds the place as it was."""
    with place.database.transaction() as session:
        session.execute(text("DELETE FROM leads WHERE email LIKE 'imported.%'"))


def test_what_is_no_table_is_refused_with_what_to_do(tab, place):
    page = tab().page
    choose(page, place, "people.xlsx", b"PK\x03\x04 workbook")

    expect(page.get_by_role("alert")).to_contain_text("save the sheet as CSV")


def test_a_broken_file_says_which_line_and_is_mended_here(tab, place, worked):
    page = tab().page
    choose(page, place, "broken.csv", b"email;nom\n" + "é@example.com;Hélène\n".encode("cp1252"))
    page.get_by_label("Encoding").select_option("utf-8")
    expect(page.get_by_label("Encoding")).to_have_value("utf-8")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    worked()

    expect(page.get_by_role("alert")).to_contain_text("line 2 holds bytes that are no text in this encoding")
    page.get_by_label("Encoding").select_option("cp1252")
    expect(page.get_by_text("Hélène").first).to_be_visible()
