"""A write that is asked for twice is done once: by its `Idempotency-Key`, for a day. All times are wall times.

The change and the note that it was done are one transaction. A process that dies between that and telling its answer
leaves a write that is done and an answer that is lost, never a write that a repeat does again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.models import KeptAnswer

KEPT_FOR = timedelta(hours=24)
#: Longer than any request takes: an attempt that has not written by then never will, so a repeat may take its place.
ABANDONED_AFTER = timedelta(minutes=2)


class OtherRequestError(Exception):
    """The key belongs to another request."""


class InFlightError(Exception):
    """The first attempt is still under way, or another took its place."""


class LostAnswerError(Exception):
    """It was done; what was answered is not known any more."""


@dataclass(frozen=True)
class Claim:
    """The right of one attempt to write."""

    caller: str
    key: bytes
    id: UUID


def begin(session: Session, caller: str, key: bytes, request: bytes, now: datetime) -> Claim | bytes:
    """The claim of a first attempt, or the answer that was kept. `key` and `request` are digests.

    Of two attempts at once one gets the claim: the unique key decides. Raises OtherRequestError, InFlightError,
    LostAnswerError.
    """
    claim = Claim(caller, key, uuid4())
    row = insert(KeptAnswer).values(caller=caller, key=key, request=request, claim=claim.id, began_at=now)
    abandoned = and_(
        KeptAnswer.done_at.is_(None), KeptAnswer.began_at < now - ABANDONED_AFTER, KeptAnswer.request == request
    )
    taken = row.on_conflict_do_update(
        index_elements=["caller", "key"],
        set_={"request": request, "claim": claim.id, "began_at": now, "done_at": None, "answer": None},
        where=or_(KeptAnswer.began_at < now - KEPT_FOR, abandoned),
    )
    if session.scalar(taken.returning(KeptAnswer.claim)) is not None:
        return claim
    return _kept(session, claim, request)


def _kept(session: Session, claim: Claim, request: bytes) -> bytes:
    columns = KeptAnswer.request, KeptAnswer.done_at, KeptAnswer.answer
    kept = session.execute(
        select(*columns).where(KeptAnswer.caller == claim.caller, KeptAnswer.key == claim.key)
    ).first()
    if kept is None:  # the first attempt failed, and gave the key back just now
        raise InFlightError
    if kept.request != request:
        raise OtherRequestError
    if kept.done_at is None:
        raise InFlightError
    if kept.answer is None:
        raise LostAnswerError
    return bytes(kept.answer)


def note_done(session: Session, claim: Claim, now: datetime) -> None:
    """Before the commit of a transaction of this request: when it has changed anything, this was done.

    Raises InFlightError when another attempt holds the claim by now: this one must not write any more.
    """
    session.flush()
    if session.scalar(select(func.pg_current_xact_id_if_assigned().is_(None))):
        return
    done = update(KeptAnswer).where(*_mine(claim)).values(done_at=func.coalesce(KeptAnswer.done_at, now))
    if session.scalar(done.returning(KeptAnswer.claim)) is None:
        raise InFlightError


def keep(session: Session, claim: Claim, answer: bytes | None, now: datetime) -> None:
    """Keep what was answered, for whoever asks again; null when it is too large to be kept."""
    values = {"answer": answer, "done_at": func.coalesce(KeptAnswer.done_at, now)}
    session.execute(update(KeptAnswer).where(*_mine(claim)).values(values))


def give_back(session: Session, claim: Claim) -> None:
    """The attempt failed. When it changed nothing the key is free again, for a repeat or for a better request."""
    session.execute(delete(KeptAnswer).where(*_mine(claim), KeptAnswer.done_at.is_(None)))


def forget_old(session: Session, now: datetime) -> None:
    """Housekeeping."""
    session.execute(delete(KeptAnswer).where(KeptAnswer.began_at < now - KEPT_FOR))


def _mine(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return KeptAnswer.caller == claim.caller, KeptAnswer.key == claim.key, KeptAnswer.claim == claim.id
