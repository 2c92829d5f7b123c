"""The rights of people in the app: everything exported, a person erased, how long data is kept, who did what."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from funnel import config, jobs, retention_work
from funnel.context import Context
from funnel.crm.personal_data import OWN
from nurture_sequences.personal_data import HOLDINGS
from tests import factories
from tests.conftest import KEYS
from tests.funnel.ui.app.conftest import SIZES

BOTH = pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])


@pytest.fixture
def nora(place):
    """Somebody of whom there is little, so that nobody else misses her."""
    with place.database.transaction() as session:
        return factories.lead(session, f"nora{datetime.now(UTC):%H%M%S%f}@example.com", at=datetime.now(UTC)).id


@BOTH
def test_everything_of_a_person_is_exported_and_the_person_erased(tab, place, nora, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/leads/{nora}")
    with page.expect_download() as told:
        page.get_by_role("link", name="Export everything").click()
    packed = zipfile.ZipFile(told.value.path())
    assert "archive.json" in packed.namelist()

    page.get_by_role("button", name="Erase…").click()
    dialog = page.get_by_role("alertdialog", name="Erase this lead for good")
    go = dialog.get_by_role("button", name="Erase for good")
    expect(go).to_be_disabled()
    dialog.get_by_label(f"Type {nora} to confirm").fill("12345678")
    expect(go).to_be_disabled()
    visitor.look_in_light_and_dark("erase")
    dialog.get_by_label(f"Type {nora} to confirm").fill(str(nora))
    go.click()

    expect(page.get_by_text("Erased. Only a number is left.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Leads")
    assert rows(place, "SELECT count(*) FROM leads WHERE id = :id", id=nora) == [(0,)]
    page.goto(f"{place.url}/app/settings/privacy")
    expect(page.get_by_role("row").filter(has_text=str(nora))).to_contain_text("The person asked for it")


@BOTH
def test_what_there_is_of_an_address_is_told_and_handed_over(tab, place, nora, wishes):
    [(email,)] = rows(place, "SELECT email FROM leads WHERE id = :id", id=nora)
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/settings/privacy")
    page.get_by_label("Address").fill("nobody@nowhere.example")
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_text("There is nothing of this address.")).to_be_visible()
    page.get_by_label("Address").fill(email)
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_text("consents 1")).to_be_visible()
    expect(page.get_by_role("link", name="Open the lead")).to_have_attribute("href", f"/app/leads/{nora}")
    with page.expect_download() as told:
        page.get_by_role("button", name="Export everything").click()

    assert email in zipfile.ZipFile(io.BytesIO(told.value.path().read_bytes())).read("archive.json").decode()
    visitor.look_in_light_and_dark("privacy")


def test_a_policy_is_saved_previewed_and_confirmed(tab, place, tmp_path):
    visitor = tab()
    page = visitor.page
    page.goto(f"{place.url}/app/settings/privacy")
    expect(page.get_by_text("Nothing is deleted: nobody has confirmed this policy.")).to_be_visible()
    page.get_by_label("Leads without contact (months)").fill("x")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    page.get_by_label("Leads without contact (months)").fill("24")
    page.get_by_label("Held as spam (days)").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. It deletes nothing until you confirm it.")).to_be_visible()
    page.get_by_role("button", name="What would go now?").click()
    expect(page.get_by_text("Counting")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm the policy")).to_have_count(0)
    work_on_the_last_job(place, tmp_path)
    expect(page.get_by_text("0 leads without contact, 0 never confirmed")).to_be_visible()
    visitor.look_in_light_and_dark("retention")
    page.get_by_role("button", name="Confirm the policy").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Confirm the policy").click()

    expect(page.get_by_text("In force since")).to_be_visible()
    assert rows(place, "SELECT leads_months, spam_days, confirmed_by FROM retention") == [(24, None, "user 1")]


@BOTH
def test_the_audit_log_is_read_and_filtered(tab, place, nora, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/leads/{nora}")
    expect(page.get_by_role("link", name="Export everything")).to_be_visible()
    page.goto(f"{place.url}/app/settings/audit")
    table = page.get_by_role("region", name="Audit")
    expect(table.get_by_role("row").filter(has_text="sign_in").first).to_be_visible()
    page.get_by_label("To what").fill(f"leads/{nora}")
    page.get_by_role("button", name="Show").click()
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table.get_by_role("row").nth(1)).to_contain_text("read_lead")
    visitor.look_in_light_and_dark("audit")
    page.get_by_label("Who").fill("user 999")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing fits.")).to_be_visible()


def test_privacy_speaks_french(tab, place):
    visitor = tab(locale="fr-FR")
    visitor.page.goto(f"{place.url}/app/settings/privacy")

    expect(visitor.page.get_by_role("heading", name="Durée de conservation")).to_be_visible()
    visitor.look("privacy-french")


def rows(place, sql, **values):
    with place.database.transaction() as session:
        return [tuple(row) for row in session.execute(text(sql), values)]


def work_on_the_last_job(place, home):
    """What a worker would do: none runs here."""
    [(job,)] = rows(place, "SELECT max(id) FROM jobs")
    settings = config.load({"DATABASE_URL": "postgresql://nowhere/none", "FUNNEL_HOME": str(home), **KEYS})
    context = Context(settings, place.database)
    kinds = retention_work.kinds(settings, [*HOLDINGS, *OWN], context.wall)
    jobs.work(context, kinds, job, lambda: True)
