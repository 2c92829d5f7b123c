"""What an import says about mail: a yes as whoever imports states it, and the no of everybody who said so.

A yes never takes back a no that the person said here, and a no is taken whatever was said before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import facts, suppressions
from funnel.crm.consents import ANY_MAIL
from funnel.crm.facts import Fact
from funnel.crm.imports.writing import array
from funnel.importing.cells import BOUNCED, COMPLAINED, NO, STRENGTH, YES
from funnel.models import Import
from funnel.purposes import named_for_mail

#: under which customers are written who never agreed and never objected, where the law lets them be written to
CUSTOMER = "existing_customer"

_GRANT = text(f"""
    INSERT INTO consents (lead_id, purpose, action, permits_mail, wording, channel, import_id, at)
    SELECT lead_id, :purpose, 'granted', :permits_mail, :wording, 'import', :import,
           coalesce(CAST(told->>'consent_at' AS timestamptz), CAST(:at AS timestamptz))
      FROM import_batch batch
     WHERE said = {STRENGTH[YES]} AND (is_new OR NOT EXISTS (
           SELECT FROM consents WHERE lead_id = batch.lead_id
              AND (purpose = :purpose OR action IN ('withdrawn', 'denied'))))
     ORDER BY lead_id
    RETURNING lead_id
""")
_REFUSING = text(f"""
    SELECT lead_id AS id, email, said, is_new FROM import_batch WHERE said >= {STRENGTH[NO]} ORDER BY lead_id
""")
_WITHDRAW = text("""
    WITH leaving AS (SELECT unnest(CAST(:leads AS bigint[])) AS lead_id), last AS (
        SELECT DISTINCT ON (lead_id, purpose) lead_id, purpose, action, permits_mail
          FROM consents JOIN leaving USING (lead_id) ORDER BY lead_id, purpose, consents.id DESC
    ), due AS (
        SELECT lead_id, purpose FROM last WHERE permits_mail AND action <> 'withdrawn'
         UNION ALL
        SELECT lead_id, :any_mail FROM leaving WHERE lead_id NOT IN (SELECT lead_id FROM last WHERE permits_mail)
    )
    INSERT INTO consents (lead_id, purpose, action, permits_mail, channel, import_id, at)
    SELECT lead_id, purpose, 'withdrawn', true, 'import', :import, :now FROM due ORDER BY lead_id, purpose
    RETURNING lead_id, purpose
""")
_REASONS = {STRENGTH[BOUNCED]: "hard_bounce", STRENGTH[COMPLAINED]: "complaint"}
_KINDS = {STRENGTH[BOUNCED]: "bounced", STRENGTH[COMPLAINED]: "complained"}


@dataclass(frozen=True)
class Said:
    """Whose consent was written, and how many stopped mail, by how (`no`, `bounced`, `complained`)."""

    consented: Sequence[int]
    refused: Mapping[str, int]


def write(session: Session, one: Import, now: datetime, key: bytes) -> Said:
    """Write what the gathered people say about mail; the caller holds their locks.

    `now` is engine time, `key` the fingerprint key: addresses that bounced or complained are suppressed.
    """
    consented = _grant(session, one, now)
    refusing = session.execute(_REFUSING).all()
    if refusing:
        _refuse(session, one.id, refusing, now, key)
    names = {STRENGTH[word]: word for word in (NO, BOUNCED, COMPLAINED)}
    return Said(consented, {name: sum(row.said == strength for row in refusing) for strength, name in names.items()})


def _grant(session: Session, one: Import, now: datetime) -> Sequence[int]:
    stated = one.consent
    if stated["state"] == "unknown":
        return []
    purpose = stated["purpose"] if stated["state"] == "consented" else CUSTOMER
    values = {
        "import": one.id,
        "purpose": purpose,
        "permits_mail": named_for_mail(purpose),
        "wording": stated.get("wording"),
        "at": stated.get("at") or now,
    }
    return list(session.scalars(_GRANT, values))


def _refuse(session: Session, import_id: int, refusing: Sequence[Any], now: datetime, key: bytes) -> None:
    """Withdraw or suppress. Whoever was a lead before may be in sequences, so a fact takes it out of them."""
    reasons = {row.email: _REASONS[row.said] for row in refusing if row.said in _REASONS}
    suppressions.suppress_all(session, reasons, now, key)
    leaving = array([row.id for row in refusing if row.said != STRENGTH[BOUNCED]])
    values = {"leads": leaving, "any_mail": ANY_MAIL, "import": import_id, "now": now}
    withdrawn: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(_WITHDRAW, values):
        withdrawn[row.lead_id].append(row.purpose)
    known = {row.id for row in refusing if not row.is_new}
    told = [
        Fact("unsubscribed", lead_id, now, {"purposes": purposes, "channel": "import", "import": import_id})
        for lead_id, purposes in withdrawn.items()
        if lead_id in known
    ]
    told += [
        Fact(_KINDS[row.said], row.id, now, {"import": import_id})
        for row in refusing
        if row.said in _KINDS and row.id in known
    ]
    facts.record(session, told)
