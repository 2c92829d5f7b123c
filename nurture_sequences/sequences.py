"""Sequences as people work on them: drafts, publishing, pause."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.conditions import Problem
from funnel.crm.errors import TakenError
from nurture_sequences import definition
from nurture_sequences import models as tables

#: drafts whose problems are remembered
MOST_COUNTED = 5000

_NAMES = text("""
    SELECT ARRAY(SELECT key FROM stages ORDER BY position) AS ladder, ARRAY(SELECT key FROM segments) AS segments
""")
_counted: dict[tuple[Any, ...], int] = {}


class UnknownSequenceError(Exception):
    """There is no such sequence."""


class RevisionNeededError(Exception):
    """The sequence exists: say which revision of it you mean to change."""


class StaleRevisionError(Exception):
    """The draft was changed since you read it."""


class NotPublishedError(Exception):
    """The sequence has no published version yet."""


class UnpublishableError(Exception):
    """The draft has problems; `problems` lists them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("The draft has problems.")
        self.problems = problems


@dataclass(frozen=True)
class Saved:
    sequence: tables.Sequence
    problems: Sequence[Problem]
    #: whether there was none of this key before
    created: bool


@dataclass(frozen=True)
class Published:
    sequence: tables.Sequence
    number: int
    #: how many leads are inside each older version, by its number; they stay in theirs
    inside_older: Mapping[int, int]


def save_draft(
    session: Session, key: str, document: Mapping[str, Any], now: datetime, *, revisions: Collection[int] | None = None
) -> Saved:
    """Keep a document as the draft, also one with problems; what is published stays as it is.

    A new key makes a new sequence. To change a sequence, `revisions` must name the one that is there.
    Raises RevisionNeededError, StaleRevisionError.
    """
    draft = {"key": key} | dict(document)
    if revisions is None:
        made = _insert(session, key, draft, now)
        if made is None:
            raise RevisionNeededError
        return Saved(made, problems(session, draft), created=True)
    changed = (
        update(tables.Sequence)
        .where(tables.Sequence.key == key, tables.Sequence.revision.in_(revisions))
        .values(draft=draft, revision=tables.Sequence.revision + 1, updated_at=now)
        .returning(tables.Sequence)
    )
    saved = session.scalars(changed, execution_options={"populate_existing": True}).one_or_none()
    if saved is None:
        raise StaleRevisionError
    return Saved(saved, problems(session, draft), created=False)


def duplicate(session: Session, key: str, copy: str, now: datetime, *, name: str | None = None) -> Saved:
    """A new draft, called `copy`, that says what the draft of `key` says. Raises UnknownSequenceError, TakenError."""
    draft = dict(read(session, key).draft) | {"key": copy} | ({"name": name} if name else {})
    made = _insert(session, copy, draft, now)
    if made is None:
        raise TakenError(f"There is another sequence {copy}.")
    return Saved(made, problems(session, draft), created=True)


def publish(session: Session, key: str, now: datetime) -> Published:
    """Make the draft an immutable version that new leads enter; those inside stay in theirs.

    A draft becomes live; a paused sequence stays paused, so that publishing a repair starts no mail. Publishing what
    is published already changes nothing. Raises UnknownSequenceError, UnpublishableError.
    """
    sequence = _locked(session, key)
    if wrong := problems(session, sequence.draft):
        raise UnpublishableError(wrong)
    if live_document(session, sequence) != sequence.draft:
        sequence.live_number = next_number(session, sequence)
        session.add(
            tables.Version(
                sequence_id=sequence.id, number=sequence.live_number, document=sequence.draft, published_at=now
            )
        )
    sequence.status = "paused" if sequence.status == "paused" else "live"
    sequence.updated_at = now
    session.flush()
    number = sequence.live_number or 0
    inside = _inside_by_version(session, sequence)
    return Published(sequence, number, {version: count for version, count in inside.items() if version != number})


def pause(session: Session, key: str, now: datetime) -> tables.Sequence:
    """Nobody enters, nobody moves, no mail leaves until it resumes. Raises UnknownSequenceError, NotPublishedError."""
    return _turn(session, key, "paused", now)


def resume(session: Session, key: str, now: datetime) -> tables.Sequence:
    """Go on; the engine wakes those inside at its own pace. Raises UnknownSequenceError, NotPublishedError."""
    session.info["hint"] = True
    return _turn(session, key, "live", now)


def read(session: Session, key: str) -> tables.Sequence:
    """One sequence. Raises UnknownSequenceError."""
    found = session.scalars(select(tables.Sequence).where(tables.Sequence.key == key)).one_or_none()
    if found is None:
        raise UnknownSequenceError
    return found


def problems(session: Session, document: object) -> list[Problem]:
    """What must be mended before this document can be published."""
    ladder, segments = _names(session)
    return definition.problems(document, ladder, segments=segments)


def problem_counts(session: Session, rows: Sequence[Any]) -> dict[int, int]:
    """How many problems each draft has, by the sequence's id; `rows` have id, revision and updated_at.

    Kept for each draft as it stands: reading all documents again for every list would be most of its work.
    """
    ladder, segments = _names(session)
    keys = {row.id: (row.id, row.revision, row.updated_at, ladder, segments) for row in rows}
    missing = [one for one, key in keys.items() if key not in _counted]
    if missing:
        drafts = select(tables.Sequence.id, tables.Sequence.draft).where(tables.Sequence.id.in_(missing))
        fresh = {
            keys[one]: len(definition.problems(draft, ladder, segments=segments))
            for one, draft in session.execute(drafts)
        }
        if len(_counted) > MOST_COUNTED:
            _counted.clear()
        _counted.update(fresh)
    return {one: _counted[key] for one, key in keys.items() if key in _counted}


def _names(session: Session) -> tuple[tuple[str, ...], frozenset[str]]:
    """What a document may name, in one trip: the stages from the foot of the ladder, and the segments."""
    row = session.execute(_NAMES).one()
    return tuple(row.ladder), frozenset(row.segments)


def _insert(session: Session, key: str, draft: dict[str, Any], now: datetime) -> tables.Sequence | None:
    row = insert(tables.Sequence).values(key=key, draft=draft, created_at=now, updated_at=now)
    return session.scalars(row.on_conflict_do_nothing(index_elements=["key"]).returning(tables.Sequence)).one_or_none()


def _locked(session: Session, key: str) -> tables.Sequence:
    row = select(tables.Sequence).where(tables.Sequence.key == key).with_for_update(key_share=True)
    found = session.scalars(row, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise UnknownSequenceError
    return found


def _turn(session: Session, key: str, status: str, now: datetime) -> tables.Sequence:
    sequence = _locked(session, key)
    if sequence.live_number is None:
        raise NotPublishedError
    if sequence.status != status:
        sequence.status, sequence.updated_at = status, now
        session.flush()
    return sequence


def live_document(session: Session, sequence: tables.Sequence) -> dict[str, Any] | None:
    """What new leads enter; None before the first publishing."""
    version = select(tables.Version.document).where(
        tables.Version.sequence_id == sequence.id, tables.Version.number == sequence.live_number
    )
    return session.scalars(version).one_or_none()


def next_number(session: Session, sequence: tables.Sequence) -> int:
    """What the next version will be called."""
    newest = select(func.max(tables.Version.number)).where(tables.Version.sequence_id == sequence.id)
    return (session.scalar(newest) or 0) + 1


def _inside_by_version(session: Session, sequence: tables.Sequence) -> dict[int, int]:
    counts = (
        select(tables.Version.number, func.count())
        .join(tables.Enrollment, tables.Enrollment.version_id == tables.Version.id)
        .where(tables.Enrollment.sequence_id == sequence.id, tables.Enrollment.status == "active")
        .group_by(tables.Version.number)
    )
    return dict(session.execute(counts).all())
