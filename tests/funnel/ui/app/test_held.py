"""What forms held as suspicious is looked at, let in and thrown away in the app."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from funnel.crm import held
from funnel.crm.leads import Capture
from tests.funnel.ui.app.conftest import SIZES


@pytest.fixture
def three(place):
    """Three fillings that wait."""
    with place.database.transaction() as session:
        form = session.execute(text("SELECT id, key FROM forms ORDER BY id LIMIT 1")).one()
        for name, reason in (("ada", "too fast"), ("bo", "honeypot"), ("cy", "forged stamp")):
            email = f"{name}@held.example"
            values = {"email": email, "first_name": name.title()}
            told = Capture(uuid4(), form.id, form.key, 1, email, values, {"newsletter": "Yes."}, suspicion=reason)
            held.keep(session, told, datetime.now(UTC))
    yield place
    with place.database.transaction() as session:
        session.execute(text("DELETE FROM submissions WHERE held IS NOT NULL OR outcome = 'rejected'"))


@pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])
def test_a_person_decides(tab, three, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{three.url}/app/held")
    expect(page.get_by_role("listitem").filter(has_text="ada@held.example")).to_contain_text(
        "faster than anybody types"
    )
    visitor.look("held")

    page.get_by_role("button", name="Let in ada@held.example").click()
    expect(page.get_by_text("1 let in.")).to_be_visible()
    expect(page.get_by_text("ada@held.example")).to_have_count(0)
    page.get_by_role("button", name="Throw away bo@held.example").click()
    expect(page.get_by_text("bo@held.example")).to_have_count(0)
    page.get_by_role("button", name="Throw away this one").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Throw away").click()

    expect(page.get_by_text("Nothing was held")).to_be_visible()
    visitor.look("held-none")
    with three.database.transaction() as session:
        outcomes = session.execute(text("SELECT email FROM leads WHERE email LIKE '%held.example'")).scalars().all()
        assert outcomes == ["ada@held.example"]
