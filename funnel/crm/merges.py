"""Leads that are one person become one lead: numbers and addresses lead there, nothing is lost. See `unmerges`, too."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel import merging
from funnel.crm import consents, followers, scores
from funnel.crm.consents import Proof
from funnel.crm.facts import Fact, record
from funnel.crm.followers import Follower
from funnel.crm.subjects import ladder_and_decay
from funnel.models import MergedLead

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


# Their order is the one that every room keeps. No other lock, since those who are no more are deleted.
_LOCK = text("SELECT to_jsonb(l) FROM leads l WHERE id = ANY (:ids) ORDER BY id FOR UPDATE")
_DELETE = text("DELETE FROM leads WHERE id = :id")
_RING = text("""
    INSERT INTO lead_clocks AS c (lead_id, due_at) SELECT unnest(CAST(:leads AS bigint[])), :now
        ON CONFLICT (lead_id) DO UPDATE SET due_at = least(c.due_at, excluded.due_at)
""")
_LAST = text("SELECT coalesce(max(id), 0) FROM consents WHERE lead_id = :lead")
_WRITTEN = text("SELECT id FROM consents WHERE lead_id = :lead AND id > :last")


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
        rows[lead_id] = _absorb(
            session, rows[lead_id], rows[other], _Wanted(chosen, ladder, now, by, (*extra, *followers.OWN))
        )
    settle(session, [lead_id], now)


def lock(session: Session, lead_ids: Collection[int]) -> dict[int, Any]:
    """The rows of those of these leads that there are, locked."""
    return {row["id"]: row for row in session.scalars(_LOCK, {"ids": sorted(lead_ids)})}


@dataclass(frozen=True)
class _Wanted:
    """What holds for all leads of one merge."""

    chosen: Mapping[str, int]
    ladder: Mapping[str, int]
    now: datetime
    by: str
    followers: Sequence[Follower]


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


def settle(session: Session, lead_ids: Sequence[int], now: datetime) -> None:
    """Scores that follow from the ledgers as they are now, and a look at once at what else follows."""
    scores.recount(session, lead_ids, now)
    session.execute(_RING, {"leads": list(lead_ids), "now": now})
    session.expire_all()


def merged_into(session: Session, lead_id: int) -> Sequence[MergedLead]:
    """The leads that are part of this one, the last first."""
    return session.scalars(
        select(MergedLead).where(MergedLead.into_id == lead_id).order_by(MergedLead.at.desc(), MergedLead.id.desc())
    ).all()
