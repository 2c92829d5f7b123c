"""Fair shares at the hand-out: a sequence with a million due rows delays the rows of no other."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import TextClause
from sqlalchemy.orm import Session

#: what is due, by where it is looked for (a sequence, a version), and the sequence it counts for; the longest due first
Sources = Mapping[int, int]


def fair(sources: Sources, room: int) -> dict[int, int]:
    """How many rows each source may give, so that each sequence gives as many as any other; a row each at least."""
    sequences = Counter(sources.values())
    return {source: math.ceil(room / len(sequences) / sequences[sequence]) for source, sequence in sources.items()}


def take(
    session: Session, statement: TextClause, sources: Sources, room: int, parameters: Mapping[str, Any]
) -> list[Any]:
    """Run `statement` until the room is full or nothing is left; its rows name their `source`.

    What one leaves of its share goes to those that gave all of theirs: each round fills the room, or is over with at
    least one source.
    """
    rows: list[Any] = []
    while sources and room > 0:
        shares = fair(sources, room)
        given = orjson.dumps([{"source": source, "share": share} for source, share in shares.items()]).decode()
        taken = session.execute(statement, {**parameters, "shares": given, "limit": room}).all()
        room -= len(taken)
        rows += taken
        gave = Counter(row.source for row in taken)
        sources = {source: sequence for source, sequence in sources.items() if gave[source] == shares[source]}
    return rows
