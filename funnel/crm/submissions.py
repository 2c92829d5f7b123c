"""Submissions whose consents wait for a confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import consents, leads
from funnel.crm.facts import Fact, record


@dataclass(frozen=True)
class Asked:
    """What one submission asked the owner of its address to confirm."""

    lead_id: int
    form_key: str
    #: the words agreed to, by purpose
    wordings: dict[str, str]


_ASKED = text("""
    SELECT submissions.lead_id, forms.key,
           coalesce((SELECT json_object_agg(purpose, wording) FROM consents
                      WHERE consents.lead_id = submissions.lead_id AND submission_id = submissions.id
                        AND action = 'pending' AND NOT EXISTS (
                            SELECT FROM consents later WHERE later.lead_id = consents.lead_id
                               AND later.id > consents.id AND later.channel = 'address_changed')), '{}') AS wordings
      FROM submissions JOIN forms ON forms.id = form_id
     WHERE submissions.id = :submission AND submissions.lead_id IS NOT NULL
""")


def asked(session: Session, submission_id: UUID) -> Asked | None:
    """The consents this submission left pending; null when it is unknown."""
    row = session.execute(_ASKED, {"submission": submission_id}).first()
    return Asked(row.lead_id, row.key, row.wordings) if row else None


def confirm(session: Session, submission_id: UUID, now: datetime, *, proof: consents.Proof) -> bool:
    """Grant what the submission left pending, in the words it asked with; false when the submission is unknown.

    A purpose that was withdrawn or granted since keeps its state, so an old link grants nothing twice and revives
    nothing. Records `confirmed` the first time.
    """
    found = asked(session, submission_id)
    if found is None:
        return False
    lead_id = leads.hold(session, found.lead_id)
    if lead_id is None:
        return False
    given = consents.state(session, [lead_id])[lead_id]
    waiting = sorted(purpose for purpose in found.wordings if given.get(purpose) == "pending")
    consents.append(session, lead_id, "granted", waiting, now, proof, submission_id)
    if waiting:
        data = {"form": found.form_key, "submission": str(submission_id)}
        record(session, [Fact("confirmed", lead_id, now, data)])
    return True
