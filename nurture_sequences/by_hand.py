"""What a person does with one lead in one sequence: enter it, take it out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from funnel.crm import leads
from nurture_sequences import enrolling, sequences
from nurture_sequences import models as tables

#: the reason of an enrollment that a person ended
BY_HAND = "by hand"


class NotLiveError(Exception):
    """The sequence takes nobody in: it was never published."""


class UnknownLeadError(Exception):
    """There is no such lead."""


class UnknownEnrollmentError(Exception):
    """There is no such enrollment in this sequence."""


class NotAgainError(Exception):
    """The lead is in this sequence, or was, and may not enter it again yet."""


def enroll(session: Session, key: str, now: datetime, *, lead_id: int | None = None, email: str | None = None) -> int:
    """Enter one lead, known by id or address; the enrollment's id.

    Raises UnknownSequenceError, NotLiveError, UnknownLeadError, NotAgainError.
    """
    sequence = sequences.read(session, key)
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


def take_out(session: Session, key: str, enrollment_id: int, now: datetime) -> None:
    """End one enrollment; a mail of it that waits is then not sent any more. One that has ended stays as it is.

    Raises UnknownSequenceError, UnknownEnrollmentError.
    """
    sequence = sequences.read(session, key)
    row = select(tables.Enrollment.lead_id).where(
        tables.Enrollment.id == enrollment_id, tables.Enrollment.sequence_id == sequence.id
    )
    lead_id = session.scalars(row).one_or_none()
    if lead_id is None or not leads.lock(session, lead_id):
        raise UnknownEnrollmentError
    enrolling.end(session, [lead_id], BY_HAND, now, only=enrollment_id)
