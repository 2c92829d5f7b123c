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

#: Purposes that allow something else than mail; so do those that start with `share_`.
NOT_MAIL = frozenset({"phone", "track_opens", "track_clicks"})
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


def is_mail(purpose: str) -> bool:
    """Whether agreeing to this purpose means agreeing to receive mail."""
    return purpose not in NOT_MAIL and not purpose.startswith("share_")


def may_mail(consents: Mapping[str, str], purpose: str | None) -> str | None:
    """Why this mail may not be sent, or null when it may. Pure.

    `consents` is the last action by purpose, as `state` gives it. Without a purpose any granted mail purpose will do.
    """
    if purpose is not None:
        return _refusal({consents.get(purpose)})
    return _refusal({action for key, action in consents.items() if is_mail(key)})


def _refusal(actions: Collection[str | None]) -> str | None:
    if "granted" in actions:
        return None
    if "pending" in actions:
        return "consent not confirmed"
    return "unsubscribed" if "withdrawn" in actions else "no consent"


_STATE = text("""
    SELECT DISTINCT ON (lead_id, purpose) lead_id, purpose, action
      FROM consents WHERE lead_id = ANY (:leads)
     ORDER BY lead_id, purpose, id DESC
""")


def state(session: Session, lead_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """The last action of each purpose, by lead; a lead that never said anything has an empty mapping."""
    states: dict[int, dict[str, str]] = {lead_id: {} for lead_id in lead_ids}
    for row in session.execute(_STATE, {"leads": list(states)}):
        states[row.lead_id][row.purpose] = row.action
    return states


_WORDINGS = text("""
    SELECT DISTINCT ON (purpose) purpose, coalesce(wording, purpose) AS wording
      FROM consents WHERE lead_id = :lead ORDER BY purpose, wording IS NULL, id DESC
""")


def wordings(session: Session, lead_id: int) -> dict[str, str]:
    """Every purpose this lead was ever asked about, in the words of the last time."""
    return {row.purpose: row.wording for row in session.execute(_WORDINGS, {"lead": lead_id})}


_APPEND = text("""
    INSERT INTO consents (lead_id, purpose, action, wording, channel, form_id, form_version, submission_id,
                          page, locale, ip, user_agent, at)
    SELECT :lead, purpose, :action, asked.wording, :channel, asked.form_id, asked.form_version, asked.submission_id,
           :page, coalesce(asked.locale, :locale), :ip, :user_agent, :at
      FROM unnest(CAST(:purposes AS text[])) AS purpose
      LEFT JOIN LATERAL (
           SELECT wording, form_id, form_version, submission_id, locale FROM consents
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

    Records `unsubscribed` when no mail purpose is left, `consent_withdrawn` when some is. Withdrawing again changes
    nothing. An unknown lead has nothing to withdraw.
    """
    if not leads.lock(session, lead_id):
        return []
    given = state(session, [lead_id])[lead_id]
    if purposes is None:
        purposes = [purpose for purpose in given if is_mail(purpose)] or [ANY_MAIL]
    changed = sorted(purpose for purpose in set(purposes) if given.get(purpose) != "withdrawn")
    append(session, lead_id, "withdrawn", changed, now, proof)
    if any(map(is_mail, changed)):
        left = may_mail(given | dict.fromkeys(changed, "withdrawn"), None) is None
        data = {"purposes": changed, "channel": proof.channel} | ({"message": str(message_id)} if message_id else {})
        record(session, [Fact("consent_withdrawn" if left else "unsubscribed", lead_id, now, data)])
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

    The caller holds the lead's lock, so that "last row" means the same to everybody.
    """
    if purposes:
        values = {"lead": lead_id, "action": action, "purposes": list(purposes), "at": now}
        session.execute(_APPEND, values | vars(proof) | {"submission": submission_id})
