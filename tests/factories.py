"""Rows for tests: plain functions with defaults. The cast: Lena just submitted, Omar is mid-sequence."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from funnel.crm.facts import Fact, record
from funnel.models import Consent, Form, Lead
from funnel.purposes import named_for_mail
from nurture_sequences.models import Sequence, Version
from tests.conftest import NOW

_numbers = itertools.count(1)

#: mail, wait two days, mail, move to the stage lead
WELCOME: dict[str, Any] = {
    "key": "welcome",
    "enter": {"any": [{"form": "guide"}]},
    "steps": [
        {"id": "hello", "email": {"subject": "Hello {{ lead.first_name }}", "text": "Your guide is here."}},
        {"id": "breathe", "wait": {"for": "2 days"}},
        {"id": "more", "email": {"subject": "More", "text": "Three more ideas."}},
        {"id": "warm", "stage": "lead"},
    ],
}


def lead(session: Session, email: str | None = None, *, agreed: bool = True, at: datetime = NOW, **values: Any) -> Lead:
    """A lead; `agreed` to receive mail unless the test says otherwise."""
    row = Lead(
        email=email or f"lead{next(_numbers)}@example.com", stage_since=at, created_at=at, updated_at=at, **values
    )
    session.add(row)
    session.flush()
    if agreed:
        consent(session, row, at=at)
    return row


def consent(
    session: Session, of: Lead, purpose: str = "email_marketing", action: str = "granted", at: datetime = NOW
) -> Consent:
    row = Consent(
        lead_id=of.id,
        purpose=purpose,
        action=action,
        permits_mail=named_for_mail(purpose),
        wording="Send me news",
        channel="form",
        at=at,
    )
    session.add(row)
    session.flush()
    return row


def form(session: Session, key: str = "guide") -> Form:
    """A form that takes anything."""
    row = Form(key=key, name=key, definition={}, created_at=NOW, updated_at=NOW)
    session.add(row)
    session.flush()
    return row


def sequence(session: Session, document: dict[str, Any] = WELCOME, *, status: str = "live") -> Sequence:
    """A published sequence with one version."""
    row = Sequence(key=document["key"], status=status, draft=document, live_number=1, created_at=NOW, updated_at=NOW)
    session.add(row)
    session.flush()
    session.add(Version(sequence_id=row.id, number=1, document=document, published_at=NOW))
    session.flush()
    return row


def submitted(session: Session, by: Lead, form: str = "guide", at: datetime = NOW, **data: Any) -> None:
    """The fact that this lead filled in a form."""
    record(session, [Fact("form_submitted", by.id, at, {"form": form, **data})])
