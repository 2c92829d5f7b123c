"""Notes about leads: plain text, for colleagues. Facts tell that there is one, never what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from funnel.crm import leads
from funnel.crm.facts import Fact, record
from funnel.crm.keyset import Page, Place, cut
from funnel.models import Note

#: notes that stand above the others of a lead
MOST_PINNED = 10


class TooManyPinnedError(Exception):
    """So many notes of a lead are pinned that another would hide them all."""


@dataclass(frozen=True)
class Notes:
    """Those that are pinned, all of them, and a page of the others; both newest first."""

    pinned: Sequence[Note]
    page: Page[Note]


def read(session: Session, lead_id: int, *, after: Place | None = None, limit: int = 50) -> Notes:
    of_lead = select(Note).where(Note.lead_id == lead_id).order_by(Note.id.desc())
    pinned = session.scalars(of_lead.where(Note.pinned)).all()
    others = of_lead.where(~Note.pinned).limit(limit + 1)
    if after:
        others = others.where(Note.id < after.id)
    return Notes(pinned, cut(session.scalars(others).all(), limit, lambda note: Place(note.at, note.id)))


def by_id(session: Session, lead_id: int, note_id: int) -> Note | None:
    """A note of this lead; None when there is none, or it is another lead's."""
    return session.scalars(select(Note).where(Note.id == note_id, Note.lead_id == lead_id)).first()


def add(session: Session, lead_id: int, said: str, pinned: bool, now: datetime, by: str) -> Note | None:
    """Write a note; None when there is no such lead. Raises TooManyPinnedError."""
    if not leads.lock(session, lead_id):
        return None
    note = Note(lead_id=lead_id, author=by, text=said, pinned=pinned, at=now)
    session.add(note)
    session.flush()
    _check_pinned(session, note)
    _tell(session, "note_added", note, now, by)
    return note


def change(session: Session, note: Note, said: str | None, pinned: bool | None, now: datetime, by: str) -> None:
    """Another text, or another place; None leaves it. Only a new text counts as an edit. Raises TooManyPinnedError."""
    leads.lock(session, note.lead_id)
    if said is not None and said != note.text:
        note.text, note.edited_at = said, now
        _tell(session, "note_changed", note, now, by)
    if pinned is not None and pinned != note.pinned:
        note.pinned = pinned
        session.flush()
        _check_pinned(session, note)


def remove(session: Session, note: Note, now: datetime, by: str) -> None:
    leads.lock(session, note.lead_id)
    session.delete(note)
    session.flush()
    _tell(session, "note_removed", note, now, by)


def _check_pinned(session: Session, note: Note) -> None:
    pinned = select(func.count()).where(Note.lead_id == note.lead_id, Note.pinned)
    if note.pinned and session.scalar(pinned) > MOST_PINNED:  # type: ignore[operator]
        raise TooManyPinnedError


def _tell(session: Session, kind: str, note: Note, now: datetime, by: str) -> None:
    session.flush()
    record(session, [Fact(kind, note.lead_id, now, {"note": note.id, "by": by})])
