"""The consent ledger: what a lead last said to each purpose, what that allows, and taking it back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import leads
from funnel.crm.facts import Fact, record
from funnel.purposes import named_for_mail

#: What an unsubscribe of somebody who never agreed to anything is written under.
ANY_MAIL = "email_marketing"


@dataclass(frozen=True)
class Proof:
    """Where a choice came from, kept so that it can be shown (GDPR article 7(1)). `ip` is a network, not an address."""

    channel: str
    page: str | None = None
    locale: str | None = None
    ip: str | None = None
    user_agent: str | None = None


def may_mail(consents: Mapping[str, str], purpose: str | None) -> str | None:
    """Why this mail may not be sent, or null when it may. Pure.

    `consents` is the last action by purpose, of those that permit mail: as `mail_state` gives it. Without a purpose any
    of them will do.
    """
    return _refusal(consents.values() if purpose is None else {consents.get(purpose)})


def _refusal(actions: Collection[str | None]) -> str | None:
    if "granted" in actions:
        return None
    if "pending" in actions:
        return "consent not confirmed"
    return "unsubscribed" if "withdrawn" in actions else "no consent"


_STATE = text("""
    SELECT lead_id, purpose, action
      FROM (SELECT DISTINCT ON (lead_id, purpose) lead_id, purpose, action, permits_mail
              FROM consents WHERE lead_id = ANY (:leads)
             ORDER BY lead_id, purpose, id DESC) AS last
     WHERE permits_mail OR NOT :of_mail
""")


def state(session: Session, lead_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """The last action of each purpose, by lead; a lead that never said anything has an empty mapping."""
    return _state(session, lead_ids, of_mail=False)


def mail_state(session: Session, lead_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """The same for the purposes that permit mail."""
    return _state(session, lead_ids, of_mail=True)


def _state(session: Session, lead_ids: Iterable[int], *, of_mail: bool) -> dict[int, dict[str, str]]:
    states: dict[int, dict[str, str]] = {lead_id: {} for lead_id in lead_ids}
    for row in session.execute(_STATE, {"leads": list(states), "of_mail": of_mail}):
        states[row.lead_id][row.purpose] = row.action
    return states


_DECIDED = text("""
    SELECT DISTINCT purpose FROM consents
     WHERE lead_id IN (SELECT id FROM leads WHERE email = :email
                       UNION ALL SELECT into_id FROM merged_leads WHERE email = :email) AND at > :since
""")


def decided_since(session: Session, email: str, since: datetime) -> set[str]:
    """The purposes that the lead with this (normalised) address has said anything about after this engine time."""
    return set(session.scalars(_DECIDED, {"email": email, "since": since}))


_WORDINGS = text("""
    SELECT DISTINCT ON (purpose) purpose, coalesce(wording, purpose) AS wording
      FROM consents WHERE lead_id = :lead ORDER BY purpose, wording IS NULL, id DESC
""")


def wordings(session: Session, lead_id: int) -> dict[str, str]:
    """Every purpose this lead was ever asked about, in the words of the last time."""
    return {row.purpose: row.wording for row in session.execute(_WORDINGS, {"lead": lead_id})}


_APPEND = text("""
    INSERT INTO consents (lead_id, purpose, action, permits_mail, wording, channel, form_id, form_version,
                          submission_id, page, locale, ip, user_agent, at)
    SELECT :lead, purpose, :action, coalesce(asked.permits_mail, last.permits_mail, named_for_mail), asked.wording,
           :channel, asked.form_id, asked.form_version, asked.submission_id, :page, coalesce(asked.locale, :locale),
           :ip, :user_agent, :at
      FROM unnest(CAST(:purposes AS text[]), CAST(:named_for_mail AS boolean[])) AS purpose (purpose, named_for_mail)
      LEFT JOIN LATERAL (
           SELECT permits_mail FROM consents WHERE lead_id = :lead AND consents.purpose = purpose.purpose
            ORDER BY id DESC LIMIT 1) AS last ON true
      LEFT JOIN LATERAL (
           SELECT permits_mail, wording, form_id, form_version, submission_id, locale FROM consents
            WHERE lead_id = :lead AND consents.purpose = purpose.purpose AND action = 'pending'
              AND submission_id = :submission
            ORDER BY id DESC LIMIT 1) AS asked ON true
     ORDER BY purpose
""")


def withdraw(
    session: Session,
    lead_id: int,
    purposes: Collection[str] | None,
    now: datetime,
    *,
    proof: Proof,
    message_id: UUID | None = None,
) -> list[str]:
    """Take back consent to these purposes, or to all mail when there are none; the purposes that changed.

    Records `unsubscribed` when by this no mail purpose is left, else `consent_withdrawn`. Withdrawing again changes
    nothing. An unknown lead has nothing to withdraw; of a lead that was merged into another, that one is meant.
    """
    held = leads.hold(session, lead_id)
    if held is None:
        return []
    lead_id = held
    given, of_mail = state(session, [lead_id])[lead_id], mail_state(session, [lead_id])[lead_id]
    everything = purposes is None
    if purposes is None:
        purposes = list(of_mail) or [ANY_MAIL]
    changed = sorted(purpose for purpose in set(purposes) if given.get(purpose) != "withdrawn")
    append(session, lead_id, "withdrawn", changed, now, proof)
    if changed:
        about_mail = everything or not of_mail.keys().isdisjoint(changed)
        left = may_mail(of_mail | dict.fromkeys(changed, "withdrawn"), None) is None
        data = {"purposes": changed, "channel": proof.channel} | ({"message": str(message_id)} if message_id else {})
        record(session, [Fact("unsubscribed" if about_mail and not left else "consent_withdrawn", lead_id, now, data)])
    return changed


def append(
    session: Session,
    lead_id: int,
    action: str,
    purposes: Collection[str],
    now: datetime,
    proof: Proof,
    submission_id: UUID | None = None,
) -> None:
    """Write one row for each purpose, in the words its submission asked with when there is one.

    It permits what the submission asked for, else what the last row of the purpose did, else what its name says.
    The caller holds the lead's lock, so that "last row" means the same to everybody.
    """
    if purposes:
        named = {"purposes": list(purposes), "named_for_mail": [named_for_mail(purpose) for purpose in purposes]}
        values = {"lead": lead_id, "action": action, "at": now, "submission": submission_id}
        session.execute(_APPEND, values | named | vars(proof))
