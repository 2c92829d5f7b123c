"""A lead that appears under an address which became another lead's: it is that one's, and becomes part of it.

Whoever posts a form reads which lead an address means before a merge is committed, and may write after it. The
constraint on addresses cannot see that; the fact that every new lead comes with does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import merges
from nurture_sequences import leads
from nurture_sequences.followers import FOLLOWERS

_TWINS = text("""
    SELECT l.id, m.into_id FROM merged_leads m JOIN leads l ON l.email = m.email
     WHERE m.email = ANY (:emails) AND m.into_id <> l.id
""")


def absorb(session: Session, locked: Mapping[int, Any], now: datetime) -> dict[int, Any]:
    """Merge those of these locked leads whose address is another's; the rest of them.

    A twin whose other lead somebody holds stays as it is, with its facts, for the next turn: waiting for it here would
    break the order of locks.
    """
    twins = {row.id: row.into_id for row in session.execute(_TWINS, {"emails": [row.email for row in locked.values()]})}
    if not twins:
        return dict(locked)
    free = leads.lock(session, set(twins.values()), skip_locked=True)
    for twin, into in twins.items():
        if into in free:
            merges.merge(session, into, [twin], {}, now, merges.SYSTEM, FOLLOWERS)
    touched = twins.keys() | twins.values()
    return {lead_id: row for lead_id, row in locked.items() if lead_id not in touched}
