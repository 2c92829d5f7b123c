"""Leads written by programs and people: made, edited, upserted by the thousand. Each change tells its facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any, Literal, TypeAlias

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import facts, leads
from funnel.crm.errors import KnownLeadError
from funnel.crm.facts import Fact
from funnel.crm.lead_changes import Change, Edit, State, TooMuchError, change, edited

Result: TypeAlias = Literal["created", "updated", "unchanged", "refused"]


@dataclass(frozen=True)
class Told:
    """What is said of the lead with this address, which is normalised."""

    email: str
    edit: Edit


@dataclass(frozen=True)
class Origin:
    """Who writes, and what follows: `by` as the log may say it (`user 3`, `import 7`).

    `enrolls` is whether the facts may bring leads into sequences: an import says no, and only that is left out; score,
    stage and goals follow as always.
    """

    by: str
    enrolls: bool = True

    def told(self, data: dict[str, Any]) -> dict[str, Any]:
        """The data of a fact."""
        return data | {"by": self.by} | ({} if self.enrolls else {"enrolls": False})


@dataclass(frozen=True)
class Outcome:
    result: Result
    lead_id: int | None = None
    #: why it was refused, by the part of the lead
    errors: Mapping[str, Sequence[str]] | None = None


# In the order of addresses, so that two callers never wait for each other in a circle.
_INSERT = text("""
    INSERT INTO leads (email, stage_since, created_at, updated_at)
    SELECT email, :now, :now, :now FROM unnest(CAST(:emails AS text[])) AS e (email) ORDER BY email
        ON CONFLICT (email) DO NOTHING RETURNING id, email
""")
_COLUMNS = "id, email, fields, tags, zone, locale"
_LOCK_BY_EMAIL = text(
    f"SELECT {_COLUMNS} FROM leads WHERE email = ANY (CAST(:emails AS text[])) ORDER BY id FOR NO KEY UPDATE"
)
_LOCK_BY_ID = text(f"SELECT {_COLUMNS} FROM leads WHERE id = ANY (:ids) ORDER BY id FOR NO KEY UPDATE")
_WRITE = text("""
    UPDATE leads SET fields = w.fields, tags = w.tags, zone = w.zone, locale = w.locale, updated_at = :now
      FROM json_to_recordset(:rows) AS w (id bigint, fields jsonb, tags text[], zone text, locale text)
     WHERE leads.id = w.id
""")


def create(session: Session, told: Told, origin: Origin, now: datetime) -> int:
    """A new lead; its id. Raises KnownLeadError with the id of the lead that has the address, and TooMuchError."""
    edited(State(), told.edit)
    if known := leads.now_known_as(session, [told.email]):
        raise KnownLeadError(known[told.email].id)
    made = _insert(session, [told.email], now)
    if not made:
        raise KnownLeadError(session.execute(_LOCK_BY_EMAIL, {"emails": [told.email]}).one().id)
    _write_told(session, [told], {told.email}, origin, now)
    return int(made[0].id)


def edit(session: Session, edits: Mapping[int, Edit], origin: Origin, now: datetime) -> dict[int, Outcome]:
    """Edit these leads; those that are no more are missing from the answer. A handful of statements."""
    rows = session.execute(_LOCK_BY_ID, {"ids": sorted(edits)}).all()
    return _edit(session, [(row, [edits[row.id]]) for row in rows], origin, now)


def upsert(session: Session, told: Sequence[Told], origin: Origin, now: datetime) -> list[Outcome]:
    """Make or edit the leads with these addresses, in the order told; one outcome for each.

    An address told twice is edited twice, and both outcomes say what became of it in the end; that of a merged lead is
    the one's that it was merged into. A handful of statements, whatever the number.
    """
    known = leads.now_known_as(session, {one.email for one in told})
    told = [replace(one, email=known[one.email].email) if one.email in known else one for one in told]
    fit = [one for one in told if not _problem(State(), [one.edit])]
    new = {row.email for row in _insert(session, sorted({one.email for one in fit}), now)}
    written = iter(_write_told(session, fit, new, origin, now))
    return [_refused(problem) if (problem := _problem(State(), [one.edit])) else next(written) for one in told]


def _insert(session: Session, emails: Sequence[str], now: datetime) -> Sequence[Any]:
    """Leads for the addresses that were nobody's before."""
    return session.execute(_INSERT, {"emails": emails, "now": now}).all() if emails else []


def _write_told(
    session: Session, told: Sequence[Told], new: Collection[str], origin: Origin, now: datetime
) -> list[Outcome]:
    """Edit the leads with these addresses, all of which there are; `new` are those that this transaction made."""
    edits: dict[str, list[Edit]] = defaultdict(list)
    for one in told:
        edits[one.email].append(one.edit)
    rows = session.execute(_LOCK_BY_EMAIL, {"emails": list(edits)}).all() if edits else []
    facts.record(session, [Fact("lead_created", row.id, now, origin.told({})) for row in rows if row.email in new])
    outcomes = _edit(session, [(row, edits[row.email]) for row in rows], origin, now)
    ids = {row.email: row.id for row in rows}
    return [_outcome(one.email in new, ids.get(one.email), outcomes) for one in told]


def _outcome(created: bool, lead_id: int | None, outcomes: Mapping[int, Outcome]) -> Outcome:
    if lead_id is None:
        return Outcome("refused", errors={"email": ["This lead was taken away at this very moment: send it again."]})
    return replace(outcomes[lead_id], result="created") if created else outcomes[lead_id]


def _edit(
    session: Session, asked: Sequence[tuple[Any, Sequence[Edit]]], origin: Origin, now: datetime
) -> dict[int, Outcome]:
    """Apply edits to rows that are locked, and write what differs."""
    outcomes: dict[int, Outcome] = {}
    rows: list[dict[str, Any]] = []
    told: list[Fact] = []
    for row, edits in asked:
        before = State(row.fields, tuple(row.tags), row.zone, row.locale)
        if problem := _problem(before, edits):
            outcomes[row.id] = _refused(problem, row.id)
            continue
        after = reduce(edited, edits, before)
        differs = change(before, after)
        outcomes[row.id] = Outcome("updated" if differs else "unchanged", row.id)
        if differs:
            rows.append({"id": row.id} | asdict(after))
            told += _facts(row.id, differs, origin, now)
    if rows:
        session.execute(_WRITE, {"rows": orjson.dumps(rows).decode(), "now": now})
    facts.record(session, told)
    return outcomes


def _problem(state: State, edits: Sequence[Edit]) -> TooMuchError | None:
    try:
        reduce(edited, edits, state)
    except TooMuchError as error:
        return error
    return None


def _refused(problem: TooMuchError, lead_id: int | None = None) -> Outcome:
    return Outcome("refused", lead_id, {problem.part: [str(problem)]})


def _facts(lead_id: int, differs: Change, origin: Origin, now: datetime) -> Iterator[Fact]:
    if differs.keys or differs.columns:
        data = {"keys": list(differs.keys), "columns": list(differs.columns)}
        yield Fact("fields_changed", lead_id, now, origin.told(data))
    for kind, tags in (("tagged", differs.tagged), ("untagged", differs.untagged)):
        for tag in tags:
            yield Fact(kind, lead_id, now, origin.told({"tag": tag}))
