"""Erasure: everything that tells of a person goes, for good; what is left is numbers.

The facts stay, and so do the counts of reports: they name a lead by a number that leads nowhere any more. Of the
address only a keyed fingerprint is left, so that nobody mails it again and a restored copy can be erased again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel import ids
from funnel.crm import kept_files
from funnel.crm.facts import Fact, record
from funnel.crm.keyset import Page, Place, cut
from funnel.crm.personal_data import Holding, People, known_by, numbers, of_addresses
from funnel.models import Erasure, Lead, Suppression

#: why somebody is erased
REASONS = ("asked", "objection", "retention", "mistake", "test")

_LOCK = text("SELECT id FROM leads WHERE id = ANY (:leads) ORDER BY id FOR UPDATE")


class BusyError(Exception):
    """A mail to one of these leads is on the wire at this moment: in half a minute it is not."""


@dataclass(frozen=True)
class Order:
    """Who wants it, and why; `suppress` keeps the addresses from being mailed should they come back."""

    reason: str
    by: str
    suppress: bool = True


@dataclass(frozen=True)
class Erased:
    erasures: Sequence[Erasure]
    #: rows that were deleted or emptied, by table
    rows: Counter[str]


def erase(
    session: Session,
    holdings: Sequence[Holding],
    lead_ids: Sequence[int],
    order: Order,
    now: datetime,
    key: bytes,
    *,
    pass_busy: bool = False,
) -> Erased:
    """Erase these leads; those that are no more are passed over. `now` is engine time, `key` the fingerprint key.

    Nobody can undo it. Raises BusyError, and then nothing was changed; with `pass_busy` these are passed over as well.
    """
    held, known = _hold(session, holdings, lead_ids, pass_busy=pass_busy)
    people = of_addresses(_all(known), key, numbers(session, holdings, held))
    rows = _forget(session, holdings, people, now)
    made = [
        _erasure(ids.time_ordered(now), lead, [people.fingerprints[one] for one in sorted(known[lead])], order, now)
        for lead in held
    ]
    _keep(session, made, held, now)
    return Erased(made, rows)


def erase_address(
    session: Session, holdings: Sequence[Holding], address: str, order: Order, now: datetime, key: bytes
) -> Erased:
    """Erase what there is of an address that no lead has: mails in the mailbox, what bots typed, files."""
    people = of_addresses({address}, key)
    kept_files.forget(session, people.addresses)
    rows = _forget(session, holdings, people, now)
    made = _erasure(ids.time_ordered(now), None, list(people.fingerprints.values()), order, now)
    _keep(session, [made], [], now)
    return Erased([made], rows)


def again(
    session: Session,
    holdings: Sequence[Holding],
    erasure: Erasure,
    found: Sequence[tuple[int | None, str]],
    now: datetime,
    key: bytes,
) -> int:
    """Repeat an erasure in a copy of the database that does not know of it; `found` is (lead, address) of whom it met.

    Whoever became a lead after it stays: that is somebody else, or came back. Returns how many leads it was.
    """
    before = select(Lead.id).where(Lead.id.in_({lead for lead, _ in found}), Lead.created_at <= erasure.at)
    held, known = _hold(session, holdings, session.scalars(before).all())
    addresses = _all(known) | {address for _, address in found}
    _forget(session, holdings, of_addresses(addresses, key, numbers(session, holdings, held)), now)
    _keep(session, [erasure], held, now)
    return len(held)


def page(session: Session, *, after: Place | None = None, limit: int = 50) -> Page[Erasure]:
    """Who was erased, the newest first."""
    rows = select(Erasure).order_by(Erasure.number.desc()).limit(limit + 1)
    if after:
        rows = rows.where(Erasure.number < after.id)
    return cut(session.scalars(rows).all(), limit, lambda row: Place(row.at, row.number))


_ERASED_SINCE = text("""
    SELECT EXISTS (SELECT FROM erasures WHERE fingerprints @> ARRAY[CAST(:fingerprint AS bytea)] AND at >= :at)
""")


def erased_since(session: Session, fingerprint: bytes, at: datetime) -> bool:
    """Whether the person with this address was erased at this engine time or later."""
    return bool(session.scalar(_ERASED_SINCE, {"fingerprint": fingerprint, "at": at}))


def _hold(
    session: Session, holdings: Sequence[Holding], lead_ids: Sequence[int], *, pass_busy: bool = False
) -> tuple[list[int], dict[int, set[str]]]:
    """Lock those of these leads that there are, once files tell of none of them; with all their addresses."""
    # The jobs that read such files are stopped first: a bite locks its job before it locks leads.
    kept_files.forget(session, _all(known_by(session, holdings, lead_ids)))
    held = list(session.scalars(_LOCK, {"leads": sorted(lead_ids)}))
    for statement in (holding.busy for holding in holdings if holding.busy):
        busy = set(session.scalars(text(statement), {"leads": held}))
        if busy and not pass_busy:
            raise BusyError
        held = [lead for lead in held if lead not in busy]
    return held, known_by(session, holdings, held)


def _all(known: Mapping[int, set[str]]) -> set[str]:
    return set().union(*known.values())


def _forget(session: Session, holdings: Sequence[Holding], people: People, now: datetime) -> Counter[str]:
    rows: Counter[str] = Counter()
    for holding in holdings:
        for step in holding.erase:
            if callable(step):
                rows[holding.table] += step(session, people, now)
            else:
                done: Any = session.execute(text(step), people.parameters(now))
                rows[holding.table] += done.rowcount
    return +rows


def _erasure(id_: UUID, lead_id: int | None, fingerprints: list[bytes], order: Order, now: datetime) -> Erasure:
    return Erasure(
        id=id_,
        lead_id=lead_id,
        at=now,
        reason=order.reason,
        erased_by=order.by,
        fingerprints=fingerprints,
        suppressed=order.suppress,
    )


def _keep(session: Session, made: Sequence[Erasure], leads: Sequence[int], now: datetime) -> None:
    """The rows and facts of those erased, and their addresses never to be mailed again."""
    session.add_all(made)
    session.flush()
    marks = sorted({bytes(mark) for one in made if one.suppressed for mark in one.fingerprints})
    if marks:
        rows = [{"fingerprint": mark, "reason": "erased", "at": now} for mark in marks]
        session.execute(insert(Suppression).on_conflict_do_nothing(), rows)
    reasons = {one.lead_id: one.reason for one in made}
    record(session, [Fact("erased", lead, now, {"reason": reasons.get(lead, made[0].reason)}) for lead in leads])
