"""When something goes wrong: the service or its database away, the login over."""

import re
from contextlib import contextmanager

from playwright.sync_api import expect
from sqlalchemy import create_engine, text

from tests.funnel.ui.conftest import EMAIL, PASSWORD
from tests.servers.programs import answers


def test_when_the_service_is_away_the_app_says_so_and_goes_on_by_itself(tab, place):
    visitor = tab()
    page = visitor.page
    page.goto(f"{place.url}/app/leads")
    expect(page.get_by_role("row")).to_have_count(51)
    place.server.kill()
    try:
        page.get_by_role("searchbox", name="Search").fill("lena")
        expect(page.get_by_role("alert")).to_contain_text("The service cannot be reached.")
        expect(page.get_by_text("Trying again every few seconds")).to_be_visible()
        visitor.look("away")
    finally:
        place.server.start()
        place.server.wait_until(lambda: answers(f"{place.url}/healthz"))

    expect(page.get_by_text("The service is back.")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("lena")
    expect(page.get_by_text("Trying again every few seconds")).to_have_count(0)
    visitor.complaints = [said for said in visitor.complaints if "ERR_" not in said]


def test_when_the_database_is_away_the_app_says_so_and_goes_on_by_itself(tab, place, cluster):
    visitor = tab()
    page = visitor.page
    page.goto(f"{place.url}/app/leads")
    expect(page.get_by_role("row")).to_have_count(51)
    with database_away(cluster, place.database.bind.url.database):
        page.get_by_role("searchbox", name="Search").fill("lena")
        expect(page.get_by_role("alert")).to_contain_text("The service cannot be reached.")
        expect(page.get_by_text("Trying again every few seconds")).to_be_visible()

    expect(page.get_by_text("The service is back.")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)
    visitor.complaints = [said for said in visitor.complaints if "status of 503" not in said]


@contextmanager
def database_away(cluster, name):
    """Nobody gets a connection to it, and nobody keeps one."""
    engine = create_engine(cluster, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
        try:
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true'))
    engine.dispose()


def test_when_the_login_is_over_the_app_leads_to_it_and_back_to_where_one_was(tab, place):
    visitor = tab()
    page = visitor.page
    page.goto(f"{place.url}/app/leads?search=lena")
    expect(page.get_by_role("row")).to_have_count(2)
    page.context.clear_cookies()
    page.get_by_role("searchbox", name="Search").fill("omar")

    page.wait_for_url(re.compile("/app/login"))
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.wait_for_url(f"{place.url}/app/leads?search=omar")
    expect(page.get_by_role("row")).to_have_count(2)
    visitor.complaints = [said for said in visitor.complaints if "401" not in said]
