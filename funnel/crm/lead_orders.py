"""The orders of the list of leads, each read from an index, page by page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.conditions import Sql
from funnel.decay import Decay

Sort: TypeAlias = Literal["newest", "oldest", "name", "activity", "score"]
SORTS: tuple[Sort, ...] = ("newest", "oldest", "name", "activity", "score")


@dataclass(frozen=True)
class Position:
    """A lead's place in an order: where the next page starts, when it ends one.

    `at` is the time that is compared; in the order by score it is the moment (engine time) as of which all pages are
    read, and `marks` are score, fit and mark. The order by name keeps only the id: a name has no place in a URL.
    """

    sort: Sort
    id: int
    at: datetime | None = None
    marks: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Asked:
    """Which leads, how many: those that `where` leaves, or those of `few` ids when they are known already."""

    sort: Sort
    limit: int
    after: Position | None = None
    where: Sql | None = None
    few: Sequence[int] | None = None


class GoneError(Exception):
    """The lead that the page before ended with is no more, and its name with it: the list starts anew."""


# The table, what is compared, the order, and what comes behind the page before.
_ORDERS: dict[Sort, tuple[str, str, str, str]] = {
    "newest": (
        "leads",
        "leads.created_at",
        "leads.created_at DESC, leads.id DESC",
        "(leads.created_at, leads.id) < (:at, :id)",
    ),
    "oldest": ("leads", "leads.created_at", "leads.created_at, leads.id", "(leads.created_at, leads.id) > (:at, :id)"),
    "name": ("leads", "NULL", "leads.sort_name, leads.id", "(leads.sort_name, leads.id) > (:name, :id)"),
    "activity": (
        "lead_ranks r JOIN leads ON leads.id = r.lead_id",
        "r.active_at",
        "r.active_at DESC, r.lead_id DESC",
        "(r.active_at, r.lead_id) < (:at, :id)",
    ),
}
_NAME = text("SELECT sort_name FROM leads WHERE id = :id")
# A loose walk over the index: one step for each value.
_FITS = text("""
    WITH RECURSIVE f AS (
        (SELECT fit FROM lead_ranks ORDER BY fit DESC LIMIT 1)
         UNION ALL
        SELECT (SELECT r.fit FROM lead_ranks r WHERE r.fit < f.fit ORDER BY r.fit DESC LIMIT 1) FROM f
         WHERE f.fit IS NOT NULL
    ) SELECT fit FROM f WHERE fit IS NOT NULL
""")
# 2 to the power of less than -1000 is an error in PostgreSQL.
#: of the row `r` of lead_ranks; `lift` is that of the moment
SCORE = "r.fit + sign(r.mark) * power(CAST(2 AS float8), greatest(abs(r.mark) - :lift, -1000))"
_BEHIND = f"({SCORE}, r.fit, r.mark, r.lead_id) < (:score, :fit, :mark, :id)"
_BY_SCORE = "score DESC, fit DESC, mark DESC, id DESC"
# Among leads of one fit the warmest come first, and time does not change that: the best of each group are merged.
_SCORES = f"""
    SELECT c.* FROM unnest(CAST(:fits AS float8[]), CAST(:tops AS float8[])) AS g (group_fit, top)
     CROSS JOIN LATERAL (
           SELECT r.lead_id AS id, {SCORE} AS score, r.fit, r.mark FROM lead_ranks r {{join}}
            WHERE r.fit = g.group_fit AND r.mark <= g.top AND {{where}}
            ORDER BY r.mark DESC, r.lead_id DESC LIMIT :limit) AS c
     ORDER BY {_BY_SCORE} LIMIT :limit
"""
_FEW_SCORES = f"""
    SELECT r.lead_id AS id, {SCORE} AS score, r.fit, r.mark FROM lead_ranks r
     WHERE {{where}} ORDER BY {_BY_SCORE} LIMIT :limit
"""


def fits(session: Session) -> list[float]:
    """The values that fit has among leads: few, since rules give whole points."""
    return list(session.scalars(_FITS))


def read(session: Session, asked: Asked, decay: Decay, now: datetime) -> list[Position]:
    """The places of leads in this order, from behind `after` on. Raises GoneError."""
    if asked.sort == "score":
        return _by_score(session, asked, decay, now)
    table, compared, order, behind = _ORDERS[asked.sort]
    where, params = _which(asked, "leads.id")
    if asked.after:
        where.append(behind)
        params |= {"at": asked.after.at, "id": asked.after.id}
        if asked.sort == "name":
            params["name"] = _name(session, asked.after.id)
    statement = f"SELECT leads.id, {compared} AS at FROM {table} WHERE {_all(where)} ORDER BY {order} LIMIT :limit"
    rows = session.execute(text(statement), params)
    return [Position(asked.sort, row.id, row.at) for row in rows]


def _by_score(session: Session, asked: Asked, decay: Decay, now: datetime) -> list[Position]:
    """Of all pages as the scores were when the first was read, so that fading moves nobody from one to the next."""
    after, at = asked.after, asked.after.at if asked.after and asked.after.at else now
    where, params = _which(asked, "r.lead_id")
    params["lift"] = decay.lift(at)
    if after and after.marks:
        where.append(_BEHIND)
        params |= dict(zip(("score", "fit", "mark"), after.marks, strict=True)) | {"id": after.id}
    if asked.few is not None:
        statement = _FEW_SCORES.format(where=_all(where))
    else:
        groups = fits(session)
        params |= {"fits": groups, "tops": [_top(after, fit, decay, at) for fit in groups]}
        join = "JOIN leads ON leads.id = r.lead_id" if asked.where else ""
        statement = _SCORES.format(join=join, where=_all(where))
    rows = session.execute(text(statement), params)
    return [Position("score", row.id, at, (row.score, row.fit, row.mark)) for row in rows]


def _top(after: Position | None, fit: float, decay: Decay, at: datetime) -> float:
    """No mark of this group that comes behind `after` is larger; a hair is added for what rounding took."""
    if after is None or after.marks is None:
        return math.inf
    score = after.marks[0]
    return decay.mark(score - fit + 1e-9 * (1 + abs(score) + abs(fit)), at)


def _name(session: Session, lead_id: int) -> str:
    name: str | None = session.scalar(_NAME, {"id": lead_id})
    if name is None:
        raise GoneError
    return name


def _which(asked: Asked, lead_id: str) -> tuple[list[str], dict[str, Any]]:
    if asked.few is not None:
        return [f"{lead_id} = ANY (CAST(:few AS bigint[]))"], {"few": list(asked.few), "limit": asked.limit}
    if asked.where is not None:
        return [asked.where.text], asked.where.params | {"limit": asked.limit}
    return [], {"limit": asked.limit}


def _all(parts: Sequence[str]) -> str:
    return " AND ".join(parts) or "true"
