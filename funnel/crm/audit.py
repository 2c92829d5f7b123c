"""The audit log: who saw, exported and changed what. Written beside the change itself, in its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, CursorResult, or_, select, text
from sqlalchemy.orm import Session

from funnel.crm.keyset import Page, Place, cut
from funnel.models import AuditEntry

#: the actor of the command line, and of what happens by itself
SYSTEM = "system"
#: the actor of a sign-in that failed
NOBODY = "nobody"


@dataclass(frozen=True)
class Filters:
    """Which entries; times are wall time, from `since` on and before `until`."""

    actor: str | None = None
    action: str | None = None
    #: `leads/12`, or `leads` for all leads
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


_NOTE = text("""
    INSERT INTO audit (at, actor, action, subject, request_id, network, detail)
    SELECT :at, :actor, :action, :subject, :request_id, :network, CAST(:detail AS jsonb)
     WHERE NOT :if_written OR pg_current_xact_id_if_assigned() IS NOT NULL
        ON CONFLICT DO NOTHING
""")


def note(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    *,
    network: str | None = None,
    request_id: str | None = None,
    if_written: bool = False,
) -> bool:
    """Write down that `actor` did `action` to `subject`, with the caller's transaction; `now` is wall time.

    Everything is impersonal: ids, keys, numbers. With `if_written` only when this transaction has changed anything.
    Who sees the same lead again within the hour (`read_lead`) is not noted again.
    Returns whether there is a new entry.
    """
    session.flush()
    values = {"at": now, "actor": actor, "action": action, "subject": subject, "if_written": if_written}
    more = {"request_id": request_id, "network": network, "detail": orjson.dumps(dict(detail or {})).decode()}
    noted = cast("CursorResult[Any]", session.execute(_NOTE, values | more))
    return noted.rowcount > 0


def page(session: Session, wanted: Filters, *, after: Place | None = None, limit: int = 50) -> Page[AuditEntry]:
    """The entries that fit, newest first; `after` leads to older ones."""
    entries = select(AuditEntry)
    for column, value in ((AuditEntry.actor, wanted.actor), (AuditEntry.action, wanted.action)):
        if value is not None:
            entries = entries.where(column == value)
    if wanted.subject is not None:
        entries = entries.where(_is_about(wanted.subject))
    if wanted.since:
        entries = entries.where(AuditEntry.at >= wanted.since)
    if wanted.until:
        entries = entries.where(AuditEntry.at < wanted.until)
    if after:
        entries = entries.where(AuditEntry.id < after.id)
    rows = session.scalars(entries.order_by(AuditEntry.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: Place(row.at, row.id))


def _is_about(subject: str) -> ColumnElement[bool]:
    """One thing, or all of a kind, by the index in the order of bytes."""
    column = AuditEntry.subject.collate("C")
    return (
        column == subject
        if "/" in subject
        else or_(column == subject, column.startswith(f"{subject}/", autoescape=True))
    )
