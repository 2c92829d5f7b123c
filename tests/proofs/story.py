"""The story all proofs play: leads fill in a form, and each gets three mails with a second between them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from funnel.context import Context
from funnel.crm.facts import Fact, record
from tests import factories

MAILS = ("one", "two", "three")
DOCUMENT: dict[str, Any] = {
    "key": "proof",
    "enter": {"form": "proof"},
    "steps": [
        {"id": "one", "email": {"subject": "one", "text": "The first."}},
        {"id": "pause", "wait": {"for": "1 second"}},
        {"id": "two", "email": {"subject": "two", "text": "The second."}},
        {"id": "rest", "wait": {"for": "1 second"}},
        {"id": "three", "email": {"subject": "three", "text": "The third."}},
        {"id": "warm", "stage": "marketing-qualified"},
    ],
}
#: what each lead has left behind at the end
VISITS = len(DOCUMENT["steps"])

_LEADS = text("""
    INSERT INTO leads (email, stage_since, created_at, updated_at)
    SELECT 'lead' || n || '@proof.example', :now, :now, :now FROM generate_series(1, :leads) AS n RETURNING id
""")
_CONSENTS = text("""
    INSERT INTO consents (lead_id, purpose, action, permits_mail, wording, channel, at)
    SELECT id, 'email_marketing', 'granted', true, 'Send me news', 'form', :now FROM leads
""")
_STANDING = text("""
    SELECT (SELECT count(*) FROM pending_facts WHERE failed IS NULL) AS facts,
           (SELECT count(*) FROM pending_facts WHERE failed IS NOT NULL) AS failed,
           (SELECT count(*) FROM enrollments) AS enrolled,
           (SELECT count(*) FROM enrollments WHERE status = 'active') AS active,
           (SELECT count(*) FROM enrollments WHERE held = 'error') AS errors,
           (SELECT count(*) FROM messages) AS messages,
           (SELECT count(*) FROM messages WHERE status IN ('queued', 'sending')) AS moving,
           (SELECT count(*) FROM messages WHERE status = 'accepted') AS accepted,
           (SELECT count(*) FROM messages WHERE status = 'unknown') AS unknown,
           (SELECT count(*) FROM leads WHERE stage = 'marketing-qualified') AS warm,
           (SELECT count(*) FROM leads WHERE engagement = 20) AS scored,
           (SELECT count(*) FROM score_entries) AS entries,
           (SELECT count(*) FROM visits) AS visits
""")
_SEND_AGAIN = text("""
    UPDATE messages SET status = 'queued', held = NULL, claim = NULL, due_at = :now
     WHERE id = ANY (CAST(:ids AS uuid[])) AND status = 'unknown'
""")


@dataclass(frozen=True)
class Standing:
    """How far the story is, as the database has it."""

    facts: int
    failed: int
    enrolled: int
    active: int
    errors: int
    messages: int
    moving: int
    accepted: int
    unknown: int
    warm: int
    #: leads with the points of their form, once; and all entries that gave any
    scored: int
    entries: int
    visits: int

    @property
    def at_rest(self) -> bool:
        """Nothing moves by itself any more: whoever has not finished waits for a mail of unknown fate."""
        return self.enrolled > 0 and not self.facts and not self.moving and self.active == self.unknown + self.errors

    def finished(self, leads: int) -> bool:
        """Every lead has had three mails and its points once, and left by the end of the sequence."""
        mails = leads * len(MAILS)
        if (self.scored, self.entries) != (leads, leads):
            return False
        return (self.accepted, self.messages, self.warm, self.visits, self.active, self.failed) == (
            *(mails, mails, leads),
            *(leads * VISITS, 0, 0),
        )


def begin(session: Session, leads: int, now: datetime) -> None:
    """The published sequence, and all leads at once, each agreed and with the fact that it filled in the form."""
    factories.sequence(session, DOCUMENT)
    ids = [row.id for row in session.execute(_LEADS, {"leads": leads, "now": now})]
    session.execute(_CONSENTS, {"now": now})
    record(session, [Fact("form_submitted", lead, now, {"form": "proof"}) for lead in ids])


def standing(context: Context) -> Standing:
    """Asked again when the first answer is that the connection is gone: every server that was stopped is up again."""
    try:
        return _standing(context)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return _standing(context)


def _standing(context: Context) -> Standing:
    with context.database.transaction() as session:
        return Standing(**session.execute(_STANDING).one()._mapping)


def unknown(context: Context) -> dict[str, int]:
    """The messages whose fate nobody knows, and how often each was attempted."""
    with context.database.transaction() as session:
        rows = session.execute(text("SELECT id, attempts FROM messages WHERE status = 'unknown'"))
        return {str(row.id): row.attempts for row in rows}


def send_again(context: Context, ids: Collection[str]) -> None:
    """A person has looked into the provider's own log, found that these never arrived, and lets them go again."""
    with context.database.transaction() as session:
        session.execute(_SEND_AGAIN, {"ids": sorted(ids), "now": context.now()})
        session.info["hint"] = True
