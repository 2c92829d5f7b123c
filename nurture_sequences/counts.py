"""How many leads are at each step of a version, how many came through it, and what became of its mails.

A count must not cost more because a sequence is successful. Those inside are counted exactly up to MOST, those who
passed up to CHOSEN enrollments; past that a part of them is read, and the numbers are estimates that say so.
With 1,000,000 enrollments and 4,000,000 visits one answer takes 0.4 s for a version that has nearly all of them and
0.1 s for one that has a thousandth (PostgreSQL 18, two cores; 1 s from a cold cache). Most of it goes into finding the
version's enrollments, which no index knows: an index would cost every step of every lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST = 20_000
#: enrollments of a version whose visits are read
CHOSEN = 20_000
#: bytes of the table of enrollments (some 180 each) that are read to find these, to guess how many there are, and to
#: estimate who is inside
SCANNED, GUESSED, SAMPLED = 512 * 1024**2, 1024**2, 16 * 1024**2

# Ordered by the clock, which the index gives; so one statement serves both the count and its limit.
_INSIDE = text("""
    SELECT v.number AS version, e.step, count(*) AS here, count(*) FILTER (WHERE e.held IN ('error', 'failed')) AS stuck
      FROM (SELECT version_id, step, held FROM enrollments
             WHERE sequence_id = :sequence AND status = 'active' ORDER BY due_at LIMIT :most) AS e
      JOIN versions v ON v.id = e.version_id
     GROUP BY v.number, e.step ORDER BY v.number, e.step
""")
_INSIDE_SAMPLED = text("""
    SELECT v.number AS version, e.step, count(*) AS here, count(*) FILTER (WHERE e.held IN ('error', 'failed')) AS stuck
      FROM enrollments AS e TABLESAMPLE SYSTEM (:percent) REPEATABLE (0) JOIN versions v ON v.id = e.version_id
     WHERE e.sequence_id = :sequence AND e.status = 'active'
     GROUP BY v.number, e.step ORDER BY v.number, e.step
""")
_GUESS = text("""
    SELECT count(*) FROM enrollments TABLESAMPLE SYSTEM (:percent) REPEATABLE (0) WHERE version_id = :version
""")
# Of an email step the outcome of the visit is the outcome of its mail.
_PASSED = text("""
    SELECT t.step, count(*) AS left, count(*) FILTER (WHERE t.outcome = 'accepted') AS sent,
           count(*) FILTER (WHERE t.outcome LIKE 'refused%') AS refused,
           count(*) FILTER (WHERE t.outcome LIKE 'skipped%') AS skipped
      FROM enrollments AS e TABLESAMPLE SYSTEM (:percent) REPEATABLE (0) JOIN visits t ON t.enrollment_id = e.id
     WHERE e.version_id = :version AND (hashint8(e.id) & 2147483647) % :every = 0
     GROUP BY t.step
""")
_SIZE = text("SELECT pg_relation_size('enrollments')")


@dataclass(frozen=True)
class Standing:
    """How many leads are at one step of one version now; `stuck` are those that only a person can let go."""

    version: int
    #: None before the first
    step: str | None
    here: int
    stuck: int


@dataclass(frozen=True)
class Inside:
    standings: Sequence[Standing]
    #: whether it is everybody, or MOST of them
    complete: bool


@dataclass(frozen=True)
class StepCount:
    step: str | None
    here: int
    stuck: int
    #: everybody who ever came to this step
    entered: int
    #: of an email step: what became of its mails
    sent: int
    refused: int
    skipped: int


@dataclass(frozen=True)
class Counts:
    version: int
    steps: Sequence[StepCount]
    #: whether the numbers were worked out from a part of the rows
    approximate: bool


def inside(session: Session, sequence_id: int) -> Inside:
    """Where the leads of all versions of a sequence stand, counted up to MOST."""
    rows = session.execute(_INSIDE, {"sequence": sequence_id, "most": MOST + 1}).all()
    counted = sum(row.here for row in rows)
    return Inside([Standing(*row) for row in rows], counted <= MOST)


def of_version(session: Session, sequence_id: int, version_id: int, number: int) -> Counts:
    """The numbers of each step of one version; steps where nobody ever was are left out."""
    size = session.execute(_SIZE).scalar_one()
    found = inside(session, sequence_id)
    standings = found.standings if found.complete else _sampled(session, sequence_id, size)
    here: dict[str | None, Standing] = {one.step: one for one in standings if one.version == number}
    passed, whole = _passed(session, version_id, size)
    names: list[str | None] = [*here, *(step for step in passed if step not in here)]
    steps = [_step(step, here.get(step), passed.get(step) if step else None) for step in names]
    return Counts(number, steps, approximate=not (found.complete and whole))


def _sampled(session: Session, sequence_id: int, size: int) -> list[Standing]:
    share = _share(SAMPLED, size)
    rows = session.execute(_INSIDE_SAMPLED, {"sequence": sequence_id, "percent": share * 100})
    return [Standing(row.version, row.step, round(row.here / share), round(row.stuck / share)) for row in rows]


def _passed(session: Session, version_id: int, size: int) -> tuple[dict[str, dict[str, int]], bool]:
    """Visits that are over, by step; and whether all were read."""
    guessed, scanned = _share(GUESSED, size), _share(SCANNED, size)
    seen = session.execute(_GUESS, {"version": version_id, "percent": guessed * 100}).scalar_one()
    every = max(1, round(seen / guessed * scanned / CHOSEN))
    asked = {"version": version_id, "percent": scanned * 100, "every": every}
    columns, scale = ("left", "sent", "refused", "skipped"), every / scanned
    rows = session.execute(_PASSED, asked)
    return {row.step: {name: round(getattr(row, name) * scale) for name in columns} for row in rows}, scale == 1


def _share(most: int, size: int) -> float:
    """How much of a table of this many bytes is read, when at most so many are."""
    return min(1.0, most / size) if size else 1.0


def _step(step: str | None, standing: Standing | None, passed: dict[str, int] | None) -> StepCount:
    here, stuck = (standing.here, standing.stuck) if standing else (0, 0)
    over = passed or {"left": 0, "sent": 0, "refused": 0, "skipped": 0}
    return StepCount(step, here, stuck, here + over["left"], over["sent"], over["refused"], over["skipped"])
