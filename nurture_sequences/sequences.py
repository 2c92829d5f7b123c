"""Sequences as people work on them: drafts, publishing, pause, entering leads by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.conditions import Problem
from funnel.crm import leads
from funnel.models import Stage
from nurture_sequences import definition, enrolling
from nurture_sequences import models as tables


class UnknownSequenceError(Exception):
    """There is no such sequence."""


class RevisionNeededError(Exception):
    """The sequence exists: say which revision of it you mean to change."""


class StaleRevisionError(Exception):
    """The draft was changed since you read it."""


class NotPublishedError(Exception):
    """The sequence has no published version yet."""


class NotLiveError(Exception):
    """The sequence takes nobody in: it was never published."""


class UnknownLeadError(Exception):
    """There is no such lead."""


class NotAgainError(Exception):
    """The lead is in this sequence, or was, and may not enter it again yet."""


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


def publish(session: Session, key: str, now: datetime) -> Published:
    """Make the draft an immutable version that new leads enter; those inside stay in theirs.

    A draft becomes live; a paused sequence stays paused, so that publishing a repair starts no mail. Publishing what
    is published already changes nothing. Raises UnknownSequenceError, UnpublishableError.
    """
    sequence = _locked(session, key)
    if wrong := problems(session, sequence.draft):
        raise UnpublishableError(wrong)
    if _live_document(session, sequence) != sequence.draft:
        sequence.live_number = _next_number(session, sequence)
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


def enroll_by_hand(
    session: Session, key: str, now: datetime, *, lead_id: int | None = None, email: str | None = None
) -> int:
    """Enter one lead, known by id or address; the enrollment's id.

    Raises UnknownSequenceError, NotLiveError, UnknownLeadError, NotAgainError.
    """
    sequence = read(session, key)
    if email is not None:
        known = leads.lead_by_email(session, email)
        lead_id = known.id if known else None
    if lead_id is None or not leads.lock(session, lead_id):
        raise UnknownLeadError
    live = [one for one in enrolling.live_sequences(session) if one.key == key]
    if not live:
        raise NotLiveError
    entered = enrolling.enroll(session, live, [enrolling.Entry(lead_id, sequence.id)], now)
    if not entered:
        raise NotAgainError
    return entered[0]


def read(session: Session, key: str) -> tables.Sequence:
    """One sequence. Raises UnknownSequenceError."""
    found = session.scalars(select(tables.Sequence).where(tables.Sequence.key == key)).one_or_none()
    if found is None:
        raise UnknownSequenceError
    return found


def problems(session: Session, document: object) -> list[Problem]:
    """What must be mended before this document can be published."""
    ladder = session.scalars(select(Stage.key).order_by(Stage.position)).all()
    return definition.problems(document, ladder)


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


def _live_document(session: Session, sequence: tables.Sequence) -> dict[str, Any] | None:
    version = select(tables.Version.document).where(
        tables.Version.sequence_id == sequence.id, tables.Version.number == sequence.live_number
    )
    return session.scalars(version).one_or_none()


def _next_number(session: Session, sequence: tables.Sequence) -> int:
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
