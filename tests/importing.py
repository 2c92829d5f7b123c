"""Imports in tests: a file becomes one, in the database, as the API makes it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from funnel.crm import files, imports
from funnel.importing import Sniffer
from funnel.models import Import
from tests.conftest import NOW


def uploaded(session: Session, text: str | bytes, **changes: Any) -> Import:
    """A new import of this file, changed as a person would."""
    data = text if isinstance(text, bytes) else text.encode()
    file = files.create(session, "people.csv", "text/csv", NOW, keep=imports.KEEP)
    files.fill(session, file.id, [data])
    sniffer = Sniffer()
    sniffer.feed(data)
    one = imports.create(session, file.id, sniffer.guess(), "user 1", NOW)
    if changes:
        imports.edit(session, one, changes, NOW)
    return one


CONSENTED = {
    "state": "consented",
    "purpose": "email_marketing",
    "wording": "Send me the letter",
    "at": "2025-01-02T00:00:00+00:00",
    "proof": "The sign-up form of our shop, kept in the shop's log",
}
