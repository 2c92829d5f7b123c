"""Published versions as programs, compiled once per process: a version never changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from nurture_sequences.definition import DocumentError, Program, compile_document
from nurture_sequences.models import Version

log = logging.getLogger(__name__)

_compiled: dict[int, Program] = {}
_lock = threading.Lock()


def programs(session: Session, version_ids: Collection[int]) -> Mapping[int, Program]:
    """The program of each version, by version id."""
    missing = set(version_ids) - _compiled.keys()
    if missing:
        rows = session.execute(select(Version.id, Version.document).where(Version.id.in_(missing))).all()
        with _lock:
            _compiled.update({row.id: compile_document(row.document) for row in rows})
    return {version_id: _compiled[version_id] for version_id in version_ids}


def readable(session: Session, version_ids: Collection[int]) -> Mapping[int, Program]:
    """The same, without those versions that this release cannot read any more: for what concerns others as well."""
    try:
        return programs(session, version_ids)
    except DocumentError:
        return {version_id: found for version_id in version_ids if (found := _one(session, version_id))}


def _one(session: Session, version_id: int) -> Program | None:
    try:
        return programs(session, [version_id])[version_id]
    except DocumentError as error:
        log.error("a published version cannot be read", extra={"version": version_id, "error": str(error)})
        return None


def forget() -> None:
    """Empty the cache: for tests, whose databases give the same ids to other documents."""
    _compiled.clear()
