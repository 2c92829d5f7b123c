"""Submissions after they were written: those that bots left, and those whose consents wait for a confirmation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import consents, leads
from funnel.crm.facts import Fact, record

_ASKED = text("""
    SELECT submissions.lead_id, forms.key,
           array(SELECT DISTINCT purpose FROM consents
                  WHERE submission_id = submissions.id AND lead_id = submissions.lead_id
                    AND action = 'pending') AS purposes
      FROM submissions JOIN forms ON forms.id = form_id
     WHERE submissions.id = :submission AND lead_id IS NOT NULL
""")


def asked(session: Session, submission_id: UUID) -> tuple[int, str, list[str]] | None:
    """The lead, the form's key, and the purposes whose confirmation this submission asked for; null when unknown."""
    row = session.execute(_ASKED, {"submission": submission_id}).first()
    return (row.lead_id, row.key, sorted(row.purposes)) if row else None


def confirm(session: Session, submission_id: UUID, now: datetime, *, proof: consents.Proof) -> bool:
    """Grant what the submission left pending, in the words it asked with; false when the submission is unknown.

    A purpose that was withdrawn or granted since keeps its state, so an old link grants nothing twice and revives
    nothing. Records `confirmed` the first time.
    """
    found = asked(session, submission_id)
    if found is None:
        return False
    lead_id, form, purposes = found
    leads.lock(session, lead_id)
    given = consents.state(session, [lead_id])[lead_id]
    waiting = [purpose for purpose in purposes if given.get(purpose) == "pending"]
    consents.append(session, lead_id, "granted", waiting, now, proof, submission_id)
    if waiting:
        record(session, [Fact("confirmed", lead_id, now, {"form": form, "submission": str(submission_id)})])
    return True
