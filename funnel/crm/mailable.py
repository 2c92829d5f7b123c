"""Who may be mailed, and why the others may not: the rule that is asked of every mail, for many leads at once.

What a single mail is asked stands in `consents.may_mail` and, for the engine, in `nurture_sequences.permission`; a test
holds the answers equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import suppressions

_ANY_SUPPRESSION = text("SELECT EXISTS (SELECT FROM suppressions)")
_ADDRESSES = text("SELECT email FROM leads WHERE id = ANY (CAST(:leads AS bigint[]))")
_COUNTS = text("""
    SELECT CASE WHEN lead.demo AND :real THEN 'demo lead'
                WHEN lead.email = ANY (CAST(:suppressed AS text[])) THEN 'suppressed'
                WHEN said.granted THEN NULL
                WHEN said.pending THEN 'consent not confirmed'
                WHEN said.withdrawn THEN 'unsubscribed'
                ELSE 'no consent' END AS reason, count(*) AS n
      FROM leads lead CROSS JOIN LATERAL (
           SELECT bool_or(action = 'granted') AS granted, bool_or(action = 'pending') AS pending,
                  bool_or(action = 'withdrawn') AS withdrawn
             FROM (SELECT DISTINCT ON (purpose) action, permits_mail FROM consents
                    WHERE lead_id = lead.id ORDER BY purpose, id DESC) AS last
            WHERE permits_mail) AS said
     WHERE lead.id = ANY (CAST(:leads AS bigint[]))
     GROUP BY 1
""")


def counts(session: Session, lead_ids: Collection[int], key: bytes, *, real: bool) -> Counter[str | None]:
    """How many of these leads may be mailed (under None), and how many may not, by reason.

    Of mail that any consent to mail will do for. `key` is the fingerprint key; `real` says that mail leaves this
    machine.
    """
    leads = "{" + ",".join(map(str, lead_ids)) + "}"
    suppressed: Collection[str] = ()
    if session.scalar(_ANY_SUPPRESSION):
        suppressed = suppressions.suppressed(session, session.scalars(_ADDRESSES, {"leads": leads}), key)
    asked = {"leads": leads, "suppressed": list(suppressed), "real": real}
    return Counter({row.reason: row.n for row in session.execute(_COUNTS, asked)})
