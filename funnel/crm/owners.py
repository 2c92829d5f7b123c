"""Who takes care of a lead: given by hand, in turns, or by rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel.crm import facts
from funnel.crm.facts import Fact
from funnel.models import User

#: how a lead came to its owner, as the fact says it
BY_HAND, IN_TURN, BY_RULE = "by hand", "in turn", "by rule"


class NoOwnerError(Exception):
    """Leads cannot be given to these users: there are none, or they may not sign in."""

    def __init__(self, ids: Collection[int]) -> None:
        super().__init__(ids)
        self.ids = sorted(ids)


_ASSIGN = text("""
    UPDATE leads SET owner_id = w.owner, updated_at = :now
      FROM json_to_recordset(:rows) AS w (id bigint, owner bigint), leads AS before
     WHERE leads.id = w.id AND before.id = w.id AND leads.owner_id IS DISTINCT FROM w.owner
    RETURNING leads.id, leads.owner_id AS owner, before.owner_id AS before
""")


def check(session: Session, user_ids: Collection[int]) -> None:
    """Raises NoOwnerError for users who are no more, or never joined."""
    users = session.scalars(select(User).where(User.id.in_(user_ids))) if user_ids else ()
    if missing := set(user_ids) - {user.id for user in users if user.active}:
        raise NoOwnerError(missing)


def assign(
    session: Session, owners: Mapping[int, int | None], how: str, now: datetime, by: str, cause: Fact | None = None
) -> list[int]:
    """Give leads, by id, to users, or to nobody; the ids of those that had another owner before.

    The caller holds the leads' locks and has checked the users. Records `assigned`.
    """
    rows = [{"id": lead_id, "owner": owner} for lead_id, owner in owners.items()]
    if not rows:
        return []
    changed = session.execute(_ASSIGN, {"rows": orjson.dumps(rows).decode(), "now": now}).all()
    told = [
        Fact("assigned", row.id, now, {"owner": row.owner, "before": row.before, "how": how, "by": by})
        for row in sorted(changed, key=lambda row: row.id)
    ]
    facts.record(session, told)
    return [fact.lead_id for fact in told]


def in_turn(lead_ids: Sequence[int], owners: Sequence[int], first: int = 0) -> dict[int, int]:
    """Pure: each of these leads to the next of the owners, beginning with number `first` of them."""
    return {lead_id: owners[(first + number) % len(owners)] for number, lead_id in enumerate(lead_ids)}
