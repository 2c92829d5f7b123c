"""The change feed: what happened, for programs that keep up with it."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from funnel.api import patience
from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.crm import changes, scores
from funnel.crm.changes import Changes
from funnel.doors import engine_now, in_transaction
from funnel.feed import Cursor
from funnel.models import Lead
from funnel.schemas.change import ChangesQuery, FeedOut
from funnel.schemas.common import ErrorOut

#: how often an answer that waits looks again (seconds)
PAUSE = 0.5

blueprint = Blueprint("changes", __name__, description="What happened, in order, for programs that keep up with it.")


@blueprint.route("/changes")
@requires("leads:read")
@blueprint.arguments(ChangesQuery, location="query")
@blueprint.response(200, FeedOut)
@blueprint.alt_response(410, schema=ErrorOut, description="This cursor's log is no more: read from the beginning.")
def read_changes(query: dict[str, Any]) -> dict[str, Any]:
    """Every fact once, those of one lead in their order, without a gap. Keep `next_cursor` and ask again."""
    try:
        found = _page(query, query.get("cursor"))
        if query["wait"] and not found.facts:
            found = _waited(query, found)
    except changes.GoneError:
        refuse(
            410,
            "gone",
            "This cursor belongs to another state of the database: it was restored from a backup, or moved to another "
            "server. Read again without a cursor; what you know already has the id you know it by.",
        )
    leads = _leads({row.lead_id for row in found.facts}) if query.get("include") == "lead" else {}
    items = [{**row._mapping, "lead": leads.get(row.lead_id)} for row in found.facts]
    return {"items": items, "next": found.next, "more": found.more}


def _page(query: dict[str, Any], cursor: Cursor | None) -> Changes:
    def work(session: Session) -> Changes:
        begin = changes.latest(session) if cursor is None and query["start"] == "now" else cursor
        return changes.page(session, begin, query["limit"], query["kinds"])

    return in_transaction(work)


def _waited(query: dict[str, Any], found: Changes) -> Changes:
    """Look again until there is something, or the time is over. No connection is held between two looks."""
    with patience.slot() as free:
        end = time.monotonic() + query["wait"]
        while free and not found.facts and (found.more or time.monotonic() + PAUSE <= end):
            if not found.more:
                time.sleep(PAUSE)
            found = _page(query, found.next)
    return found


def _leads(ids: set[int]) -> dict[int, dict[str, Any]]:
    now = engine_now()

    def work(session: Session) -> dict[int, dict[str, Any]]:
        leads = session.scalars(select(Lead).where(Lead.id.in_(ids))).all()
        return {lead["id"]: lead for lead in scores.as_of(session, leads, now)}

    return in_transaction(work)
