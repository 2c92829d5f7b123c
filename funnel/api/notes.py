"""Notes about a lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.leads import LEAD, found
from funnel.crm import leads, notes
from funnel.doors import current, engine_now, in_transaction
from funnel.models import Note
from funnel.schemas.common import LARGEST_ID, PageQuery
from funnel.schemas.work import NoteChangeIn, NoteIn, NoteOut, NotesOut

T = TypeVar("T")

blueprint = Blueprint("notes", __name__, description="What people know about a lead.")

NOTE = f"{LEAD}/notes/<int(max={LARGEST_ID}):note_id>"


@blueprint.route(f"{LEAD}/notes")
@requires("leads:read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, NotesOut)
def list_notes(query: dict[str, Any], lead_id: int) -> notes.Notes:
    """What people wrote about a lead, newest first; what is pinned apart."""

    def work(session: Session) -> notes.Notes:
        found(leads.lead_by_id(session, lead_id))
        return notes.read(session, lead_id, after=query.get("cursor"), limit=query["limit"])

    return in_transaction(work)


@blueprint.route(f"{LEAD}/notes", methods=["POST"])
@requires("leads:write")
@blueprint.arguments(NoteIn)
@blueprint.response(201, NoteOut)
def add_note(told: dict[str, Any], lead_id: int) -> Note:
    """Write a note."""
    now, by = engine_now(), caller()

    def work(session: Session) -> Note:
        note = notes.add(session, lead_id, told["text"], told["pinned"], now, by)
        if note is None:
            raise NotFound("There is no such lead.")
        return note

    return _written(work)


@blueprint.route(NOTE, methods=["PATCH"])
@requires("leads:write")
@blueprint.arguments(NoteChangeIn)
@blueprint.response(200, NoteOut)
def change_note(told: dict[str, Any], lead_id: int, note_id: int) -> Note:
    """Change a note's text, pin it or unpin it."""
    now, by = engine_now(), caller()

    def work(session: Session) -> Note:
        note = _found(session, lead_id, note_id)
        notes.change(session, note, told.get("text"), told.get("pinned"), now, by)
        return note

    return _written(work)


@blueprint.route(NOTE, methods=["DELETE"])
@requires("leads:write")
@blueprint.response(204)
def remove_note(lead_id: int, note_id: int) -> None:
    """Delete a note. The lead's story tells that there was one, not what it said."""
    now, by = engine_now(), caller()
    _written(lambda session: notes.remove(session, _found(session, lead_id, note_id), now, by))


def _found(session: Session, lead_id: int, note_id: int) -> Note:
    note = notes.by_id(session, lead_id, note_id)
    if note is None:
        raise NotFound("There is no such note of this lead.")
    return note


def _written(work: Callable[[Session], T]) -> T:
    try:
        with current().database.transaction() as session:
            return work(session)
    except notes.TooManyPinnedError:
        message = f"{notes.MOST_PINNED} notes of this lead are pinned already: unpin one first."
        refuse(422, "invalid", "The request is not valid.", {"pinned": [message]})
