"""The board: leads by stage."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from funnel.api.auth import caller_id, requires
from funnel.api.blueprint import Blueprint
from funnel.crm import board, scores
from funnel.doors import current, engine_now, in_transaction
from funnel.schemas.board import BoardOut, BoardQuery

blueprint = Blueprint("board", __name__, description="Leads by stage.")


@blueprint.route("/board")
@requires("leads:read")
@blueprint.arguments(BoardQuery, location="query")
@blueprint.response(200, BoardOut)
def read_board(query: dict[str, Any]) -> dict[str, Any]:
    """How many leads stand on each stage and for how long, and the newest of each."""
    now, wall, asked = engine_now(), current().wall(), query.get("owner")
    owner = caller_id() if asked == "me" else int(asked) if asked else None

    def work(session: Session) -> dict[str, Any]:
        read = board.read(session, now, wall, owner)
        told = scores.as_of(session, [lead for column in read.columns for lead in column.leads], now)
        by_id = {one["id"]: one for one in told}
        columns = [
            {
                "stage": column.stage,
                "count": column.count.leads if column.count else None,
                "ages": _ages(column.count),
                "leads": [by_id[lead.id] for lead in column.leads],
            }
            for column in read.columns
        ]
        return {"columns": columns, "counted_at": read.counted_at}

    return in_transaction(work)


def _ages(count: board.Count | None) -> list[dict[str, int | None]]:
    if count is None:
        return []
    return [{"days": days, "leads": leads} for days, leads in zip((*board.AGES, None), count.ages, strict=True)]
