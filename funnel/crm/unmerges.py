"""A merge is taken back: the lead that was merged is a lead of its own again, with all that it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel import merging
from funnel.crm import consents, followers, merges
from funnel.crm.consents import Proof
from funnel.crm.errors import TakenError
from funnel.crm.facts import Fact, record
from funnel.crm.followers import Follower
from funnel.models import Lead, MergedLead


class NotMergedError(Exception):
    """That lead is no part of this one."""


_UNWRITE = text("DELETE FROM consents WHERE lead_id = :lead AND id = ANY (:ids) AND channel = :channel")
_SAID_NO = text("""
    SELECT purpose FROM (SELECT DISTINCT ON (purpose) purpose, action, id FROM consents WHERE lead_id = :lead
                          ORDER BY purpose, id DESC) AS last
     WHERE action IN ('withdrawn', 'denied') AND id > :since
""")


def unmerge(session: Session, lead_id: int, other_id: int, now: datetime, by: str, extra: Sequence[Follower]) -> None:
    """Make a merged lead a lead of its own again, with all that it brought; what came since stays where it came.

    Who has said no since has said it for both. Records `unmerged` on it, `released` on the lead it was part of. Raises
    NotMergedError; TakenError when its address belongs to somebody else now.
    """
    [kept] = merges.lock(session, [lead_id]).values() or [None]
    merged = session.get(MergedLead, other_id, with_for_update=True)
    if kept is None or merged is None or merged.into_id != lead_id:
        raise NotMergedError
    if not _restore(session, merged.lead):
        raise TakenError("Another lead has its address now.")
    for one in [merged, *_twins(session, merged)]:
        for follower in (*extra, *followers.OWN):
            follower.give_back(session, other_id, lead_id, one.moved.get(follower.table), now)
    _give_back(session, kept, merged, now)
    session.delete(merged)
    session.flush()
    told = [Fact("unmerged", other_id, now, {"from": lead_id, "by": by})]
    record(session, [*told, Fact("released", lead_id, now, {"lead": other_id, "by": by})])
    merges.settle(session, [lead_id, other_id], now)


def _restore(session: Session, row: Mapping[str, Any]) -> bool:
    """The row of a lead as it was; false when its address is another's. Columns of later versions get their default."""
    names = ", ".join(
        column.name for column in Lead.__table__.columns if column.name in row and column.computed is None
    )
    restored = text(f"""
        INSERT INTO leads ({names}) OVERRIDING SYSTEM VALUE
        SELECT {names} FROM jsonb_populate_record(CAST(NULL AS leads), CAST(:row AS jsonb))
            ON CONFLICT (email) DO NOTHING RETURNING id
    """)
    return session.execute(restored, {"row": orjson.dumps(row).decode()}).first() is not None


def _twins(session: Session, merged: MergedLead) -> Sequence[MergedLead]:
    """Those who came to its address while it was merged, and were merged after it; they are its own from now on."""
    twins = session.scalars(
        select(MergedLead).where(
            MergedLead.email == merged.email, MergedLead.into_id == merged.into_id, MergedLead.id != merged.id
        )
    ).all()
    for twin in twins:
        twin.into_id = merged.id
    session.flush()
    return twins


def _give_back(session: Session, kept: Any, merged: MergedLead, now: datetime) -> None:
    """What the merge changed in the lead that stays, where it still stands; and what both have said since."""
    changed, lead_id = merged.changed, merged.into_id
    said_no = session.scalars(_SAID_NO, {"lead": lead_id, "since": changed["last_consent"]}).all()
    merges.write(session, lead_id, merging.parted(kept, changed["before"], changed["after"]), now)
    session.execute(_UNWRITE, {"lead": lead_id, "ids": changed["consents"], "channel": merges.CHANNEL})
    asked = consents.state(session, [merged.id])[merged.id]
    if purposes := [purpose for purpose in said_no if purpose in asked]:
        consents.withdraw(session, merged.id, purposes, now, proof=Proof(merges.CHANNEL))
