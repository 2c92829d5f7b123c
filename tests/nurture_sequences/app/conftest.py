"""The screens of sequences in a real browser, before a service with leads and one form, and no sequence yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page
from sqlalchemy.orm import Session

from funnel.crm import forms
from funnel.schemas.form import FormIn
from nurture_sequences import by_hand, programs, sequences
from tests import factories
from tests.browser import PHONE, Tab
from tests.funnel.ui.app.conftest import browser, tab
from tests.funnel.ui.app.place import Place, placed

__all__ = ["browser", "tab"]

WIDE = (1440, 900)
SIZES = [{"size": WIDE}, {"size": PHONE, "dark": True}]
FORM = {"key": "guide", "name": "The guide", "consents": [{"purpose": "email_marketing", "wording": "Write to me."}]}
TRIAL: dict[str, Any] = {
    "name": "Trial",
    "enter": {"form": "guide"},
    "steps": [
        {"id": "hello", "email": {"subject": "Hello", "text": "Good to see you."}},
        {"id": "breathe", "wait": {"for": "2 days"}},
        {
            "id": "fork",
            "branch": [
                {"name": "vip", "when": {"tag": "vip"}, "steps": [{"id": "hot", "stage": "lead"}]},
                {"otherwise": [{"id": "cold", "tag": "cold"}]},
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def place(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with placed(cluster, template, tmp_path_factory.mktemp("app"), _people) as place:
        yield place


def _people(session: Session, now: datetime) -> None:
    forms.create_form(session, FormIn().load(FORM), now)
    factories.lead(session, "lena@example.com", tags=["vip"])
    factories.lead(session, "omar@example.com")


@pytest.fixture
def write(place: Place) -> Callable[..., None]:
    """Saves a draft, and publishes it with the named leads inside."""

    def make(key: str, document: dict[str, Any] = TRIAL, *, live: bool = False, inside: tuple[str, ...] = ()) -> None:
        now = datetime.now(UTC)
        programs.forget()
        with place.database.transaction() as session:
            sequences.save_draft(session, key, document, now)
            if live:
                sequences.publish(session, key, now)
            for email in inside:
                by_hand.enroll(session, key, now, email=email)

    return make


def saved(place: Place, key: str) -> dict[str, Any]:
    """The draft, as the database has it."""
    with place.database.transaction() as session:
        return sequences.read(session, key).draft


def open_editor(tab: Tab, place: Place, key: str) -> Page:
    page = tab.page
    page.goto(f"{place.url}/app/sequences/{key}")
    card(page).first.wait_for()
    return page


def card(page: Page, step: str | None = None) -> Locator:
    return page.locator(f'[data-step="{step}"]' if step else "[data-step]")


def order(page: Page) -> list[str]:
    """The ids of the cards, in the order of the page."""
    return page.locator("[data-step]").evaluate_all("cards => cards.map(card => card.dataset.step)")


def add(page: Page, where: str, kind: str) -> None:
    page.get_by_role("button", name=f"Add a step {where}", exact=True).click()
    page.get_by_role("menuitem", name=re.compile(f"^{kind}")).click()


def settled(page: Page) -> None:
    """What was typed is saved, and the page says so."""
    page.get_by_text(re.compile(r"^Saved \d")).wait_for()
