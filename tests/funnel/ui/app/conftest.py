"""The app in a real browser, before a service with a small, known story; every tab complains by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import text
from werkzeug.security import generate_password_hash

from funnel.db import Database, open_engine
from funnel.models import User
from nurture_sequences import programs as programs_cache
from tests.browser import DESK, PHONE, Tab, chromium
from tests.conftest import create_database, database_url, drop_database
from tests.funnel.ui.app import story
from tests.funnel.ui.conftest import EMAIL, PASSWORD
from tests.servers import programs
from tests.servers.group import Group

#: how a tab may be: wide and light, narrow and dark
SIZES = [{"size": DESK}, {"size": PHONE, "dark": True}]


@dataclass
class Place:
    """A running web server and its database."""

    url: str
    database: Database
    server: Group


@pytest.fixture(scope="module")
def place(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One for all tests of a module; what a test changes it changes back."""
    home = tmp_path_factory.mktemp("app")
    name = create_database(cluster, f"funnel_app_{home.name}", template=template)
    url = database_url(cluster, name)
    engine = open_engine(url)
    database = Database(engine)
    with database.transaction() as session:
        session.add(User(email=EMAIL, password_hash=generate_password_hash(PASSWORD, method="scrypt")))
        # No worker runs here; the engine is heard of as if one did.
        session.execute(text("UPDATE installation SET pulse_at = now() + interval '1 day'"))
        programs_cache.forget()
        story.tell(session, datetime.now(UTC))
    server, address = programs.web(programs.environment(home, DATABASE_URL=url), home / "web.log")
    yield Place(address, database, server)
    server.kill()
    engine.dispose()
    drop_database(cluster, name)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def tab(browser: Browser, place: Place, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    """Makes signed-in tabs; each must have nothing to complain about when the test ends."""
    tabs: list[Tab] = []

    def make(**wishes: object) -> Tab:
        tab = Tab(browser, [place.url], tmp_path, **wishes)  # type: ignore[arg-type]
        tabs.append(tab)
        sign_in(tab, place)
        return tab

    yield make
    for tab in tabs:
        tab.close()


def sign_in(tab: Tab, place: Place) -> None:
    page = tab.page
    page.goto(f"{place.url}/app/login?next=/app/")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("button.main").click()
    page.wait_for_url(f"{place.url}/app/")
    page.get_by_role("main").get_by_role("heading", level=1).wait_for()
