"""Published versions as people look at them: which there are, what they say, what the next one would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nurture_sequences import counts, sequences
from nurture_sequences import models as tables
from nurture_sequences.definition import Change, diff


class UnknownVersionError(Exception):
    """The sequence has no version of this number."""


@dataclass(frozen=True)
class Preview:
    """What publishing the draft now would do."""

    #: of the version it would make; the published one when the draft says the same
    number: int
    changes: Sequence[Change]
    #: where leads stand: version, step, count; they stay in their version
    inside: Sequence[counts.Standing]
    #: whether `inside` is everybody, or counts.MOST of them
    complete: bool


def listed(session: Session, key: str) -> Sequence[Any]:
    """Versions, newest first: number, published_at. Raises UnknownSequenceError."""
    sequence = sequences.read(session, key)
    rows = select(tables.Version.number, tables.Version.published_at).where(tables.Version.sequence_id == sequence.id)
    return session.execute(rows.order_by(tables.Version.number.desc())).all()


def read(session: Session, key: str, number: int) -> tables.Version:
    """One version. Raises UnknownSequenceError, UnknownVersionError."""
    return of(session, sequences.read(session, key), number)


def of(session: Session, sequence: tables.Sequence, number: int) -> tables.Version:
    """One version of this sequence. Raises UnknownVersionError."""
    row = select(tables.Version).where(tables.Version.sequence_id == sequence.id, tables.Version.number == number)
    found = session.scalars(row).one_or_none()
    if found is None:
        raise UnknownVersionError
    return found


def changes(session: Session, key: str, before: int | None, after: int | None) -> list[Change]:
    """The way from one document of a sequence to another; None is the draft.

    Raises UnknownSequenceError, UnknownVersionError.
    """
    sequence = sequences.read(session, key)
    old, new = (document(session, sequence, number) for number in (before, after))
    return diff(old, new)


def document(session: Session, sequence: tables.Sequence, number: int | None) -> dict[str, Any]:
    """What a version says; None is the draft. Raises UnknownVersionError."""
    return sequence.draft if number is None else of(session, sequence, number).document


def preview(session: Session, key: str) -> Preview:
    """What publishing would change, and where those inside stand. Raises UnknownSequenceError."""
    sequence = sequences.read(session, key)
    live = sequences.live_document(session, sequence)
    told = [] if live == sequence.draft else diff(live or {}, sequence.draft)
    same = live == sequence.draft and sequence.live_number
    number = sequence.live_number if same and sequence.live_number else sequences.next_number(session, sequence)
    inside = counts.inside(session, sequence.id)
    return Preview(number, told, inside.standings, inside.complete)


def unpublished(session: Session, sequence: tables.Sequence) -> bool:
    """Whether the draft says something else than the published version; so does a draft never published."""
    same = select(func.count()).where(
        tables.Version.sequence_id == sequence.id,
        tables.Version.number == sequence.live_number,
        tables.Version.document == sequence.draft,
    )
    return not session.scalar(same)
