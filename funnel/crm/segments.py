"""Segments as people work on them: made, changed, deleted. Looking at all leads under a condition is a job."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.conditions import Condition, Problem
from funnel.crm import jobs, segment_conditions, segment_filling, segment_members, segment_uses
from funnel.crm.errors import TakenError
from funnel.crm.segment_members import Count
from funnel.crm.segment_uses import Use
from funnel.models import Lead, Segment


class UnknownSegmentError(Exception):
    """There is no such segment."""


class StaleSegmentError(Exception):
    """The segment was changed since you read it."""


class TooManySegmentsError(Exception):
    """There are `segment_conditions.MOST` already."""


class SegmentProblemsError(Exception):
    """The condition has problems; `problems` lists them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("The condition has problems.")
        self.problems = problems


class UsedSegmentError(Exception):
    """Others name the segment; `uses` lists them."""

    def __init__(self, uses: Sequence[Use]) -> None:
        super().__init__("The segment is used.")
        self.uses = uses


@dataclass(frozen=True)
class Asker:
    """Who changes a segment (`user 3`), and the times of it: engine time, and wall time for the job that follows."""

    by: str
    now: datetime
    wall: datetime


@dataclass(frozen=True)
class Told:
    """A segment with what its members come to."""

    segment: Segment
    count: Count
    #: how much of all leads was looked at under its condition, from 0 to 1; None: all were
    counted: float | None


def told(session: Session, segments: Sequence[Segment], now: datetime) -> list[Told]:
    """Two queries, whatever the number of segments."""
    counts = segment_members.counts(session, [one.id for one in segments], now)
    counting = any(one.filled_to is not None for one in segments)
    last = session.execute(select(func.max(Lead.id))).scalar() if counting else None
    return [Told(one, counts[one.id], _share(one.filled_to, last)) for one in segments]


def page(session: Session, *, after: str = "", limit: int = 50) -> Sequence[Segment]:
    """Segments in the order of their keys, beginning behind the key `after`."""
    return session.scalars(select(Segment).where(Segment.key > after).order_by(Segment.key).limit(limit)).all()


def read(session: Session, key: str) -> Segment:
    """One segment. Raises UnknownSegmentError."""
    found = session.scalars(select(Segment).where(Segment.key == key)).one_or_none()
    if found is None:
        raise UnknownSegmentError
    return found


def create(session: Session, key: str, name: str, condition: dict[str, Any], asker: Asker) -> Segment:
    """A new segment, whose members are looked for by a job.

    Raises TakenError, TooManySegmentsError, SegmentProblemsError.
    """
    parsed = _checked(session, condition, key)
    if session.execute(select(func.count()).select_from(Segment)).scalar_one() >= segment_conditions.MOST:
        raise TooManySegmentsError
    row = insert(Segment).values(
        key=key,
        name=name,
        condition=condition,
        filled_to=0,
        wakes=_wakes(session, parsed),
        created_at=asker.now,
        updated_at=asker.now,
    )
    made = session.scalars(row.on_conflict_do_nothing(index_elements=["key"]).returning(Segment)).one_or_none()
    if made is None:
        raise TakenError(f"There is already a segment with the key {key}.")
    _fill(session, made, asker)
    return made


def change(
    session: Session,
    key: str,
    asker: Asker,
    revisions: Collection[int],
    *,
    name: str | None = None,
    condition: dict[str, Any] | None = None,
) -> Segment:
    """Another name, another condition, or both; `revisions` must name the one that is there.

    With another condition all leads are looked at again, for this segment and for those that name it. Raises
    UnknownSegmentError, StaleSegmentError, SegmentProblemsError.
    """
    segment = _locked(session, key)
    if segment.revision not in revisions:
        raise StaleSegmentError
    other = condition is not None and condition != segment.condition
    if other and condition is not None:
        _checked(session, condition, key)
        segment.condition = condition
    if other or (name is not None and name != segment.name):
        segment.name = segment.name if name is None else name
        segment.revision += 1
        segment.updated_at = asker.now
        session.flush()
    if other:
        _fill_all(session, key, asker)
    return segment


def delete(session: Session, key: str, asker: Asker) -> None:
    """Delete a segment that nobody names; its memberships are cleared away by a job.

    Raises UnknownSegmentError, UsedSegmentError.
    """
    segment = _locked(session, key)
    if found := segment_uses.uses(session, key):
        raise UsedSegmentError(found)
    session.delete(segment)
    session.flush()
    jobs.ask(session, segment_filling.CLEAR, {"segment": segment.id}, asker.by, asker.wall)


def _locked(session: Session, key: str) -> Segment:
    row = select(Segment).where(Segment.key == key).with_for_update()
    found = session.scalars(row, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise UnknownSegmentError
    return found


def _checked(session: Session, condition: object, key: str) -> Condition:
    parsed, problems = segment_conditions.checked(session, condition, key=key)
    if parsed is None or problems:
        raise SegmentProblemsError(problems)
    return parsed


def _wakes(session: Session, condition: Condition) -> list[str]:
    return sorted(segment_conditions.asked(condition, segment_conditions.known(session)).wakes)


def _fill_all(session: Session, key: str, asker: Asker) -> None:
    known = segment_conditions.known(session)
    keys = {key, *segment_conditions.dependents(key, known)}
    rows = select(Segment).where(Segment.key.in_(keys)).order_by(Segment.id).with_for_update()
    for segment in session.scalars(rows):
        segment.filled_to, segment.wakes = 0, _wakes(session, known[segment.key])
        _fill(session, segment, asker)
    session.flush()


def _fill(session: Session, segment: Segment, asker: Asker) -> None:
    jobs.ask(session, segment_filling.FILL, {"segment": segment.id}, asker.by, asker.wall)


def _share(filled_to: int | None, last: int | None) -> float | None:
    if filled_to is None:
        return None
    return min(filled_to / last, 1.0) if last else 0.0
