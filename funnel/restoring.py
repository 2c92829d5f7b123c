"""A restored copy of the database does not bring back who was erased: at each start, what is missing is made good.

The file and the table of erasures are brought to the same content. What only the file knows was erased after the copy
was made, and is erased again before anything is sent; what only the table knows was erased on another machine.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel.context import Context
from funnel.crm import erasing, installation, personal_data
from funnel.crm.erasure_file import ErasureFile, Line, line, row
from funnel.crm.personal_data import Holding
from funnel.models import Erasure

log = logging.getLogger(__name__)

#: One process at a time: two that start together would erase twice.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('funnel erasures', 0))")


def repeat(context: Context, holdings: Sequence[Holding]) -> int:
    """Erase again whom a restored copy brought back; returns how many leads that were. Raises OSError for the file."""
    key, now = context.settings.fingerprint_key, context.now()
    with context.database.transaction() as session:
        session.execute(_ALONE)
        own = installation.read(session).id
        file = ErasureFile(context.settings.home)
        told = {one.id: one for one in file.lines(own)}
        known = set(session.scalars(select(Erasure.id)))
        missing = [one for number, one in told.items() if number not in known]
        only_here = select(Erasure).where(Erasure.id.in_(known - told.keys())).order_by(Erasure.number)
        file.add([line(one, own) for one in session.scalars(only_here)])
        leads = _erase(session, holdings, missing, now, key) if missing else 0
    if missing:
        log.warning("a copy of the database was erased anew", extra={"erasures": len(missing), "leads": leads})
    return leads


def write_down(context: Context, erasures: Sequence[Erasure]) -> None:
    """Add these to the file. What cannot be written now is at the next start: the table has it."""
    with context.database.transaction() as session:
        own = installation.read(session).id
    try:
        ErasureFile(context.settings.home).add([line(one, own) for one in erasures])
    except OSError as error:
        log.error("erasures are not in their file yet", extra={"error": error.strerror, "erasures": len(erasures)})


def _erase(session: Session, holdings: Sequence[Holding], missing: Sequence[Line], now: datetime, key: bytes) -> int:
    owners = personal_data.owners(session, holdings, {mark for one in missing for mark in one.fingerprints}, key)
    leads = 0
    for one in missing:
        found = {owner for mark in one.fingerprints for owner in owners[mark]}
        # By number as well: the copy may know this lead by an older address.
        met = [*found, *known_as(session, holdings, one.lead_id)]
        leads += erasing.again(session, holdings, row(one), met, now, key)
    return leads


def known_as(session: Session, holdings: Sequence[Holding], lead_id: int | None) -> list[tuple[int | None, str]]:
    """The addresses that this copy knows a lead by."""
    if lead_id is None:
        return []
    return [(lead_id, address) for address in personal_data.known_by(session, holdings, [lead_id])[lead_id]]
