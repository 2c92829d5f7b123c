"""The pictures of the README: `python -m tests.screens` takes them of the demo and writes docs/screens/."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import chromium
from tests.servers.group import ROOT
from tests.stories.service import Service, eventually

FOLDER = ROOT / "docs" / "screens"
SIZE = {"width": 1100, "height": 760}
#: engine seconds in a real one, at the second start
SPEED = 20_000


def main() -> None:
    """Fill in the demo's form, wait for a few letters, and look at what a marketer sees."""
    with tempfile.TemporaryDirectory() as home, chromium() as browser:
        with Service(Path(home), "--demo") as service:
            page = browser.new_page(viewport=SIZE)
            page.goto(service.site)
            take(page, "page")
            fill_in(page)
            login = service.first_login
        with Service(Path(home), "--demo", "--speed", str(SPEED)) as service:
            eventually(lambda: service.lead("lena@example.com")["stage"] == "lead", 60)
            page = browser.new_page(viewport=SIZE, locale="en-GB")
            sign_in(page, service, *login)
            take(page, "home")
            lena = service.lead("lena@example.com")["id"]
            show(page, f"{service.url}/app/leads/{lena}", "lead")
            take_editor(page, service)
            page.emulate_media(color_scheme="dark")
            show(page, f"{service.url}/app/leads?stage=marketing-qualified&tag=call+back", "leads")


def take_editor(page: Page, service: Service) -> None:
    """The demo's sequence: one step open; then a lead walked through it."""
    page.goto(f"{service.url}/app/sequences/solar-guide")
    card = page.locator('[data-step="flat-roof"]')
    card.click()
    card.evaluate("card => card.scrollIntoView({ block: 'center' })")
    expect(page.get_by_role("complementary").get_by_text("Nobody is at this step.")).to_be_visible()
    page.screenshot(path=FOLDER / "editor.png")
    page.get_by_role("button", name="Simulate").click()
    page.get_by_label("roof is Flat?", exact=True).select_option("1")
    expect(page.get_by_text("Takes the path “flat”")).to_be_visible()
    page.locator('[data-step="which-roof"]').evaluate("card => card.scrollIntoView({ block: 'center' })")
    page.screenshot(path=FOLDER / "simulation.png")


def show(page: Page, address: str, name: str) -> None:
    page.goto(address)
    take(page, name)


def fill_in(page: Page) -> None:
    page.get_by_label("First name").fill("Lena")
    page.get_by_label("Email").first.fill("lena@example.com")
    page.get_by_label("Your roof").select_option("Flat")
    page.get_by_label("Send me the guide").check()
    page.get_by_role("button").click()
    page.get_by_role("status").wait_for()


def sign_in(page: Page, service: Service, email: str, password: str) -> None:
    page.goto(f"{service.url}/app/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{service.url}/app/")


def take(page: Page, name: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
