"""Leads as the engine locks them: in one order, with just what it reads of each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

#: a lead as its lock read it: id, email, stage, fit, engagement and engaged_at at least
Row: TypeAlias = Any

# Of each row only what the plainest decision needs; a mail tells more of its lead.
_COLUMNS = "id, email, stage, stage_since, stage_held_until, fit, engagement, engaged_at"
_LOCK = f"SELECT {_COLUMNS} FROM leads WHERE {{}} ORDER BY id FOR NO KEY UPDATE"
_LOCK_THESE = text(_LOCK.format("id = ANY (:ids)"))
_LOCK_FREE = text(_LOCK.format("id = ANY (:ids)") + " SKIP LOCKED")
_PRESENT = text("SELECT id FROM leads WHERE id = ANY (:ids)")
_OF = "id IN (SELECT lead_id FROM enrollments WHERE id = ANY (:enrollments))"
_LOCK_OF = text(_LOCK.format(_OF))
_LOCK_FREE_OF = text(_LOCK.format(_OF) + " SKIP LOCKED")
_MAILS = f"""
    SELECT {_COLUMNS}, demo, zone, locale, tags, fields FROM leads
     WHERE id IN (SELECT lead_id FROM messages WHERE id = ANY (:messages)) ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_OF_MAILS, _LOCK_FREE_OF_MAILS = text(_MAILS), text(_MAILS + " SKIP LOCKED")


def lock(session: Session, lead_ids: Collection[int], *, skip_locked: bool = False) -> dict[int, Row]:
    """Lock these leads, in the order that every room keeps; or those of them that nobody holds."""
    statement = _LOCK_FREE if skip_locked else _LOCK_THESE
    return {row.id: row for row in session.execute(statement, {"ids": sorted(lead_ids)})}


def present(session: Session, lead_ids: Collection[int]) -> set[int]:
    """Those of these that are leads, and were not merged into others or erased."""
    return set(session.scalars(_PRESENT, {"ids": list(lead_ids)})) if lead_ids else set()


def lock_of(session: Session, enrollment_ids: Collection[int], *, skip_locked: bool = False) -> dict[int, Row]:
    """Lock the leads of these enrollments, in the order that every room keeps; or those that nobody holds."""
    statement = _LOCK_FREE_OF if skip_locked else _LOCK_OF
    return {row.id: row for row in session.execute(statement, {"enrollments": list(enrollment_ids)})}


def lock_of_mails(session: Session, message_ids: Collection[UUID], *, skip_locked: bool = False) -> dict[int, Row]:
    """The same for the leads of these messages; the rows carry all that a mail may say of its lead."""
    statement = _LOCK_FREE_OF_MAILS if skip_locked else _LOCK_OF_MAILS
    return {row.id: row for row in session.execute(statement, {"messages": list(message_ids)})}
