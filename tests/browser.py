"""A real Chromium that complains: about its console, about requests elsewhere, about pages that shut people out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

CHROMIUM = "chromium"
#: without its own errands, which would leave this machine
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
DESK, PHONE = (1440, 900), (390, 844)
#: milliseconds that a page may take to show what is expected
PATIENCE = 20_000
#: what Chromium writes to its console when a form, a name in use, or a change of what changed meanwhile, is refused as
#: it should
REFUSED = tuple(f"the server responded with a status of {status}" for status in (409, 412, 422))


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium. Without one the test is skipped, except where CI=true: there it fails."""
    program = shutil.which(CHROMIUM)
    if program is None:
        no = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        no(f"there is no {CHROMIUM} on this machine (Debian: apt-get install chromium)")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS.split())
        yield browser
        browser.close()


class Tab:
    """One visitor's page. `complaints` grows by itself; `look` adds what axe finds and takes a picture."""

    def __init__(
        self,
        browser: Browser,
        origins: Sequence[str],
        pictures: Path,
        *,
        size: tuple[int, int] = DESK,
        scripts: bool = True,
        locale: str = "en-GB",
        dark: bool = False,
    ) -> None:
        self.complaints: list[str] = []
        self.origins, self.pictures, self.scripts = set(origins), pictures, scripts
        self._context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            locale=locale,
            color_scheme="dark" if dark else "light",
        )
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error on the page: {error}"))
        self._context.on("request", self._request)

    def look(self, name: str) -> None:
        """Examine the page as it is now, and keep a picture of it. Where no script runs, axe cannot either."""
        self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)
        if not self.scripts:
            return
        for problem in Axe().run(self.page).response["violations"]:
            nodes = [node["html"] for node in problem["nodes"]]
            self.complaints.append(f"{name}: {problem['id']} ({problem['impact']}): {nodes[:3]}")
        # What is wider than the screen has to be dragged sideways for every line (WCAG 2.2, 1.4.10).
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.complaints.append(f"{name}: {wide} pixels wider than the screen")

    def look_in_light_and_dark(self, name: str) -> None:
        """Examine it as those see it who chose the one, and as those who chose the other."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            self.look(f"{name}-{scheme}")

    def close(self) -> None:
        """Leave. Raises AssertionError with everything there was to complain about."""
        self._context.close()
        assert not self.complaints, "\n".join(self.complaints)

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: Any) -> None:
        if kind is None:
            self.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in REFUSED):
            self.complaints.append(f"console: {message.text} at {message.location.get('url')}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "about") and f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self.complaints.append(f"asked another origin: {request.url}")
