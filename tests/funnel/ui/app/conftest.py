"""The app in a real browser, before a service with a small, known story; every tab complains by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import DESK, PHONE, Tab, chromium
from tests.funnel.ui.app import story
from tests.funnel.ui.app.place import Place, placed
from tests.funnel.ui.conftest import EMAIL, PASSWORD

#: how a tab may be: wide and light, narrow and dark
SIZES = [{"size": DESK}, {"size": PHONE, "dark": True}]


@pytest.fixture(scope="module")
def place(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One for all tests of a module; what a test changes it changes back."""
    with placed(cluster, template, tmp_path_factory.mktemp("app"), story.tell) as place:
        yield place


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
