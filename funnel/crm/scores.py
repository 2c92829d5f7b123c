"""A lead's score at any time, and why: the entries of its ledger with what is left of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from funnel import scoring
from funnel.crm import ranks
from funnel.crm.subjects import ladder_and_decay
from funnel.models import Event, Lead, LeadRank, RulesVersion, ScoreEntry

#: entries told one by one; older ones count, and are told together
MOST = 200


_COLUMNS = [column.key for column in Lead.__mapper__.column_attrs if not column.deferred]
_ACTIVE = select(LeadRank.lead_id, LeadRank.active_at)


@dataclass(frozen=True)
class Told:
    """An entry with the rule's name when it was given, the kind of its fact, and what is left of its points."""

    entry: ScoreEntry
    name: str
    #: null for what time alone gave or took
    kind: str | None
    left: float


@dataclass(frozen=True)
class Why:
    at: datetime
    fit: float
    engagement: float
    half_life: str
    #: newest first
    entries: Sequence[Told]
    #: how many more there are, and what they come to
    older: int
    older_fit: float
    older_engagement: float

    @property
    def score(self) -> float:
        return self.fit + self.engagement


def as_of(session: Session, leads: Iterable[Lead], now: datetime) -> list[dict[str, Any]]:
    """The columns of these leads, with their scores as they are now instead of as they were kept, and last activity."""
    _, decay = ladder_and_decay(session)
    leads = list(leads)
    active = dict(session.execute(_ACTIVE.where(LeadRank.lead_id.in_([lead.id for lead in leads]))).all())
    found = []
    for lead in leads:
        engagement = decay.left(lead.engagement, lead.engaged_at, now)
        scored = {"engagement": engagement, "score": lead.fit + engagement, "last_activity_at": active.get(lead.id)}
        found.append({name: getattr(lead, name) for name in _COLUMNS} | scored)
    return found


def why(session: Session, lead_id: int, at: datetime) -> Why:
    """The score at `at` (engine time), from the ledger alone."""
    _, decay = ladder_and_decay(session)
    entries = session.scalars(
        select(ScoreEntry)
        .where(ScoreEntry.lead_id == lead_id, ScoreEntry.at <= at)
        .order_by(ScoreEntry.at.desc(), ScoreEntry.event_id.desc(), ScoreEntry.rule)
    ).all()
    left = [entry.points if entry.axis == "fit" else decay.left(entry.points, entry.at, at) for entry in entries]
    fit = [share if entry.axis == "fit" else 0.0 for entry, share in zip(entries, left, strict=True)]
    older = slice(MOST, None)
    return Why(
        at=at,
        fit=sum(fit),
        engagement=sum(left) - sum(fit),
        half_life=_half_life(session, at),
        entries=_told(session, entries[:MOST], left),
        older=max(len(entries) - MOST, 0),
        older_fit=sum(fit[older]),
        older_engagement=sum(left[older]) - sum(fit[older]),
    )


def recount(session: Session, lead_ids: Collection[int], now: datetime) -> None:
    """Keep the scores of these leads as their ledgers have them now; the caller holds their locks."""
    _, decay = ladder_and_decay(session)
    columns = [getattr(ScoreEntry, name) for name in scoring.Entry._fields]
    entries: dict[int, list[scoring.Entry]] = {lead_id: [] for lead_id in lead_ids}
    for lead_id, *entry in session.execute(
        select(ScoreEntry.lead_id, *columns).where(ScoreEntry.lead_id.in_(lead_ids))
    ):
        entries[lead_id].append(scoring.Entry(*entry))
    placed: list[ranks.Rank] = []
    for lead_id, some in entries.items():
        at = max([now, *(entry.at for entry in some)])
        fit, engagement = scoring.value(some, decay, at)
        values = {"fit": fit, "engagement": engagement, "engaged_at": at if engagement else None}
        session.execute(update(Lead).where(Lead.id == lead_id).values(values))
        placed.append({"lead_id": lead_id, "fit": fit, "mark": decay.mark(engagement, at), "active_at": None})
    ranks.keep(session, placed)


def _told(session: Session, entries: Sequence[ScoreEntry], left: Sequence[float]) -> list[Told]:
    names = _names(session, {entry.version for entry in entries})
    facts = {entry.event_id for entry in entries}
    kinds = dict(session.execute(select(Event.id, Event.kind).where(Event.id.in_(facts))).all())
    return [
        Told(entry, names.get((entry.version, entry.rule), entry.rule), kinds.get(entry.event_id), share)
        for entry, share in zip(entries, left, strict=False)
    ]


def _names(session: Session, versions: set[int]) -> dict[tuple[int, str], str]:
    """How each version called its rules."""
    documents = select(RulesVersion.number, RulesVersion.document).where(
        RulesVersion.kind == "scoring", RulesVersion.number.in_(versions)
    )
    return {
        (number, rule["key"]): rule.get("name", rule["key"])
        for number, document in session.execute(documents)
        for rule in document["rules"]
    }


def _half_life(session: Session, at: datetime) -> str:
    """The one that counted then, as it was written; before the first version, its."""
    published = select(RulesVersion.document["half_life"].astext).where(RulesVersion.kind == "scoring")
    newest = published.where(RulesVersion.published_at <= at).order_by(RulesVersion.number.desc()).limit(1)
    first = published.order_by(RulesVersion.number).limit(1)
    return str(session.scalar(newest) or session.scalar(first))
