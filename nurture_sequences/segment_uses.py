"""Sequences that name a segment, as a way in or in a condition: in their drafts, or in what leads are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import segment_uses
from funnel.crm.segment_uses import Use

_DOCUMENTS = text("""
    SELECT s.key, s.draft AS document FROM sequences s
     UNION ALL
    SELECT s.key, v.document FROM sequences s JOIN versions v ON v.sequence_id = s.id
     WHERE v.number = s.live_number
        OR EXISTS (SELECT FROM enrollments e WHERE e.version_id = v.id AND e.status = 'active')
""")


def find(session: Session, key: str) -> Sequence[Use]:
    """The sequences of which a draft, the live version, or a version with leads inside names this segment."""
    rows = session.execute(_DOCUMENTS)
    return [Use("sequence", sequence) for sequence in sorted({row.key for row in rows if _names(row.document, key)})]


def register() -> None:
    """Let segments know their uses in sequences; whoever puts the service together calls this."""
    segment_uses.register("sequence", find)


def _names(document: Any, key: str) -> bool:
    if isinstance(document, dict):
        return document.get("segment") == key or any(_names(inner, key) for inner in document.values())
    return isinstance(document, list) and any(_names(inner, key) for inner in document)
