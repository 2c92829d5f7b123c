"""Leads that are one person become one lead: numbers and addresses lead there, nothing is lost, all can be undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel import merging
from funnel.crm import consents, followers, scores
from funnel.crm.consents import Proof
from funnel.crm.errors import TakenError
from funnel.crm.facts import Fact, record
from funnel.crm.followers import Follower
from funnel.crm.subjects import ladder_and_decay
from funnel.models import Lead, MergedLead

#: leads that may become part of one in one go
MOST = 10
#: how a row of the ledger of consents says that it was written for two leads that became one
CHANNEL = "merge"
#: who merges what comes late
SYSTEM = "system"


class UnknownLeadsError(Exception):
    """There are no such leads: `ids`."""

    def __init__(self, ids: Collection[int]) -> None:
        super().__init__(ids)
        self.ids = sorted(ids)


class NotMergedError(Exception):
    """That lead is no part of this one."""


# Their order is the one that every room keeps. No other lock, since those who are no more are deleted.
_LOCK = text("SELECT to_jsonb(l) FROM leads l WHERE id = ANY (:ids) ORDER BY id FOR UPDATE")
_DELETE = text("DELETE FROM leads WHERE id = :id")
_RING = text("""
    INSERT INTO lead_clocks AS c (lead_id, due_at) SELECT unnest(CAST(:leads AS bigint[])), :now
        ON CONFLICT (lead_id) DO UPDATE SET due_at = least(c.due_at, excluded.due_at)
""")
_LAST = text("SELECT coalesce(max(id), 0) FROM consents WHERE lead_id = :lead")
_WRITTEN = text("SELECT id FROM consents WHERE lead_id = :lead AND id > :last")
_UNWRITE = text("DELETE FROM consents WHERE lead_id = :lead AND id = ANY (:ids) AND channel = :channel")
_SAID_NO = text("""
    SELECT purpose FROM (SELECT DISTINCT ON (purpose) purpose, action, id FROM consents WHERE lead_id = :lead
                          ORDER BY purpose, id DESC) AS last
     WHERE action IN ('withdrawn', 'denied') AND id > :since
""")


def merge(
    session: Session,
    lead_id: int,
    others: Collection[int],
    chosen: Mapping[str, int],
    now: datetime,
    by: str,
    extra: Sequence[Follower],
) -> None:
    """Make `others` part of a lead, which keeps its number and address; `now` is engine time.

    `chosen` says of which lead a field's value stays; the lead's own otherwise. `extra` are the followers of other
    packages. Records `absorbed` on the lead and `merged` on each of the others. Raises UnknownLeadsError.
    """
    rows = lock(session, {lead_id, *others})
    if missing := {lead_id, *others} - rows.keys():
        raise UnknownLeadsError(missing)
    ladder, _ = ladder_and_decay(session)
    for other in sorted(set(others) - {lead_id}):
        rows[lead_id] = _absorb(session, rows[lead_id], rows[other], _Wanted(chosen, ladder, now, by, extra))
    _settle(session, [lead_id], now)


def lock(session: Session, lead_ids: Collection[int]) -> dict[int, Any]:
    """The rows of those of these leads that there are, locked."""
    return {row["id"]: row for row in session.scalars(_LOCK, {"ids": sorted(lead_ids)})}


class _Wanted:
    """What holds for all leads of one merge."""

    def __init__(
        self,
        chosen: Mapping[str, int],
        ladder: Mapping[str, int],
        now: datetime,
        by: str,
        extra: Sequence[Follower],
    ) -> None:
        self.chosen, self.ladder, self.now, self.by = chosen, ladder, now, by
        self.followers = (*extra, *followers.OWN)


def _absorb(session: Session, kept: Any, other: Any, wanted: _Wanted) -> Any:
    """One other; the row of the lead that stays, as it is then."""
    lead_id, other_id, now = kept["id"], other["id"], wanted.now
    said = consents.state(session, [lead_id, other_id])
    could_mail = consents.may_mail(consents.mail_state(session, [lead_id])[lead_id], None) is None
    moved = {one.table: one.take(session, other_id, lead_id, now) for one in wanted.followers}
    session.execute(_DELETE, {"id": other_id})
    changes = merging.combined(kept, other, wanted.chosen, wanted.ladder)
    after = write(session, lead_id, changes, now)
    written = _restrict(session, lead_id, merging.restrictive([said[lead_id], said[other_id]]), now)
    silenced = could_mail and consents.may_mail(consents.mail_state(session, [lead_id])[lead_id], None) is not None
    changed = {"before": kept, "after": {name: after[name] for name in changes}, "consents": written}
    changed["last_consent"] = session.scalar(_LAST, {"lead": lead_id})
    session.add(
        MergedLead(
            id=other_id,
            email=other["email"],
            into_id=lead_id,
            lead=other,
            moved=moved,
            changed=changed,
            by=wanted.by,
            at=now,
        )
    )
    session.flush()
    _tell(session, kept, other_id, changes, wanted, silenced=silenced)
    return after


def _tell(
    session: Session, kept: Any, other_id: int, changes: Mapping[str, Any], wanted: _Wanted, *, silenced: bool
) -> None:
    lead_id, now = kept["id"], wanted.now
    told = [
        Fact("merged", other_id, now, {"into": lead_id, "by": wanted.by}),
        Fact("absorbed", lead_id, now, {"lead": other_id, "by": wanted.by, "unsubscribed": silenced}),
    ]
    if "stage" in changes:
        data = {"from": kept["stage"], "to": changes["stage"], "reason": "merge", "by": wanted.by}
        told.append(Fact("stage_changed", lead_id, now, data))
    record(session, told)


def _restrict(session: Session, lead_id: int, wanted: Mapping[str, str], now: datetime) -> list[int]:
    """Rows that make the last word on each purpose the one that is wanted; the ids of those it took."""
    state = consents.state(session, [lead_id])[lead_id]
    last = session.scalar(_LAST, {"lead": lead_id})
    for action in merging.RESTRICTIVE:
        purposes = sorted(key for key, want in wanted.items() if want == action != state[key])
        consents.append(session, lead_id, action, purposes, now, Proof(CHANNEL))
    return list(session.scalars(_WRITTEN, {"lead": lead_id, "last": last}))


def write(session: Session, lead_id: int, columns: Mapping[str, Any], now: datetime) -> Any:
    """Set columns of a locked lead to values as its row has them in JSON; the row then."""
    sets = "".join(f", {name} = r.{name}" for name in columns)
    statement = text(f"""
        UPDATE leads SET updated_at = :now {sets}
          FROM jsonb_populate_record(CAST(NULL AS leads), CAST(:columns AS jsonb)) AS r
         WHERE leads.id = :id RETURNING to_jsonb(leads)
    """)
    values = {"id": lead_id, "now": now, "columns": orjson.dumps(dict(columns)).decode()}
    return session.scalar(statement, values)


def _settle(session: Session, lead_ids: Sequence[int], now: datetime) -> None:
    """Scores that follow from the ledgers as they are now, and a look at once at what else follows."""
    scores.recount(session, lead_ids, now)
    session.execute(_RING, {"leads": list(lead_ids), "now": now})
    session.expire_all()


def unmerge(session: Session, lead_id: int, other_id: int, now: datetime, by: str, extra: Sequence[Follower]) -> None:
    """Make a merged lead a lead of its own again, with all that it brought; what came since stays where it came.

    Who has said no since has said it for both. Records `unmerged` on it, `released` on the lead it was part of. Raises
    NotMergedError; TakenError when its address belongs to somebody else now.
    """
    [kept] = lock(session, [lead_id]).values() or [None]
    merged = session.get(MergedLead, other_id, with_for_update=True)
    if kept is None or merged is None or merged.into_id != lead_id:
        raise NotMergedError
    if session.scalar(select(Lead.id).where(Lead.email == merged.email)):
        raise TakenError("Another lead has its address now.")
    _restore(session, merged.lead)
    for one in [merged, *_twins(session, merged)]:
        for follower in (*extra, *followers.OWN):
            follower.give_back(session, other_id, lead_id, one.moved.get(follower.table), now)
    _give_back(session, kept, merged, now)
    session.delete(merged)
    session.flush()
    told = [Fact("unmerged", other_id, now, {"from": lead_id, "by": by})]
    record(session, [*told, Fact("released", lead_id, now, {"lead": other_id, "by": by})])
    _settle(session, [lead_id, other_id], now)


def _restore(session: Session, row: Mapping[str, Any]) -> None:
    """The row of a lead as it was. Columns that came with a later version get their default."""
    names = ", ".join(
        column.name for column in Lead.__table__.columns if column.name in row and column.computed is None
    )
    session.execute(
        text(f"""
            INSERT INTO leads ({names}) OVERRIDING SYSTEM VALUE
            SELECT {names} FROM jsonb_populate_record(CAST(NULL AS leads), CAST(:row AS jsonb))
        """),
        {"row": orjson.dumps(row).decode()},
    )


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
    write(session, lead_id, merging.parted(kept, changed["before"], changed["after"]), now)
    session.execute(_UNWRITE, {"lead": lead_id, "ids": changed["consents"], "channel": CHANNEL})
    asked = consents.state(session, [merged.id])[merged.id]
    if purposes := [purpose for purpose in said_no if purpose in asked]:
        consents.withdraw(session, merged.id, purposes, now, proof=Proof(CHANNEL))


def merged_into(session: Session, lead_id: int) -> Sequence[MergedLead]:
    """The leads that are part of this one, the last first."""
    return session.scalars(
        select(MergedLead).where(MergedLead.into_id == lead_id).order_by(MergedLead.at.desc(), MergedLead.id.desc())
    ).all()
