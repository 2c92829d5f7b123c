"""A lead's address changes: what that does to its consents, and what stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from funnel.crm import consents, facts, leads
from funnel.crm.errors import KnownLeadError
from funnel.crm.facts import Fact
from funnel.crm.lead_edits import Origin

#: the channel of consents that wait because their address is another one now
CHANNEL = "address_changed"

_HOLDER = text("SELECT id FROM leads WHERE email = :email")
_EMAIL = text("SELECT email FROM leads WHERE id = :lead FOR NO KEY UPDATE")
_MOVE = text("UPDATE leads SET email = :email, updated_at = :now WHERE id = :lead")


def change(session: Session, lead_id: int, email: str, origin: Origin, now: datetime, *, keep_consents: bool) -> bool:
    """Give this lead another (normalised) address; false when it has it already, or there is no such lead.

    A consent was proved by whoever reads the old address, and nobody has shown that the same person reads the new one:
    consents that permit mail wait for a new confirmation (`pending`), unless the caller vouches with `keep_consents`.
    A suppression is of an address, so the old one stays suppressed and the new one is free unless it is itself.
    Raises KnownLeadError.
    """
    before = session.execute(_EMAIL, {"lead": lead_id}).scalar()
    if before is None or before == email:
        return False
    if (merged := leads.now_known_as(session, [email]).get(email)) and merged.id != lead_id:
        raise KnownLeadError(merged.id)
    try:
        with session.begin_nested():
            session.execute(_MOVE, {"lead": lead_id, "email": email, "now": now})
    except IntegrityError as error:
        if error.orig.diag.constraint_name != "uq_leads_email":  # type: ignore[union-attr]
            raise
        raise KnownLeadError(session.execute(_HOLDER, {"email": email}).scalar_one()) from None
    waiting = [] if keep_consents else _given(session, lead_id)
    consents.append(session, lead_id, "pending", waiting, now, consents.Proof(CHANNEL))
    data = {"consents": "kept" if keep_consents else "pending"}
    facts.record(session, [Fact("address_changed", lead_id, now, origin.told(data))])
    return True


def _given(session: Session, lead_id: int) -> list[str]:
    """What was agreed to, confirmed or not: a question that was sent to the old address is over as well."""
    state = consents.mail_state(session, [lead_id])[lead_id]
    return sorted(purpose for purpose, action in state.items() if action in ("granted", "pending"))
