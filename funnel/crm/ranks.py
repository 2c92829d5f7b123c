"""Where leads stand in the orders of the list that change with what they do: kept by whoever gives points."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

#: Facts that are the person's own doing. An opened mail is none: programs open mails as well.
ACTIVITY = frozenset(
    {
        "form_submitted",
        "confirmed",
        "consent_granted",
        "consent_withdrawn",
        "unsubscribed",
        "message_clicked",
        "message_replied",
        "message_complained",
        "converted",
    }
)


class Rank(TypedDict):
    """What is new of a lead; null leaves it. `mark` is `Decay.mark` of its engagement."""

    lead_id: int
    fit: float | None
    mark: float | None
    active_at: datetime | None


_KEEP = text("""
    UPDATE lead_ranks AS r
       SET fit = coalesce(w.fit, r.fit), mark = coalesce(w.mark, r.mark), active_at = greatest(r.active_at, w.active_at)
      FROM json_to_recordset(:rows) AS w (lead_id bigint, fit float8, mark float8, active_at timestamptz)
     WHERE r.lead_id = w.lead_id
""")


def keep(session: Session, rows: Sequence[Rank]) -> None:
    """One statement, whatever the number; the caller holds the leads' locks."""
    if rows:
        session.execute(_KEEP, {"rows": orjson.dumps(rows).decode()})
