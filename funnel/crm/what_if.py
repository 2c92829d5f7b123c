"""What other rules would do: the log is replayed by them and by those that count, and the two are compared.

Nothing is written. Both sides see the same facts and the same leads, as they are now, so that whatever differs comes
from the rules alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel import scoring, stages
from funnel.conditions import Subject
from funnel.crm import rules, subjects
from funnel.crm.rules import UnpublishableRulesError
from funnel.decay import Decay
from funnel.models import Lead
from funnel.scoring import Happened, Value

IN_CHUNK = 500
#: facts replayed at most; leads beyond them are left out, and the answer says so
MOST_FACTS = 100_000
EXAMPLES = 20

_FACTS = text("""
    SELECT lead_id, id, at, kind, data FROM events
     WHERE lead_id = ANY (:leads) AND kind = ANY (:kinds) AND at >= :since ORDER BY id LIMIT :most
""")

_COUNT = text("SELECT count(*) FROM (SELECT 1 FROM leads LIMIT :most) AS counted")


@dataclass(frozen=True)
class Asked:
    """Rules to try; None keeps those that count."""

    scoring: dict[str, Any] | None
    ladder: dict[str, Any] | None
    #: how far back facts are replayed
    days: int
    #: how many leads are looked at, the newest first
    leads: int


@dataclass(frozen=True)
class Example:
    lead_id: int
    email: str
    score: float
    new_score: float
    stage: str
    new_stage: str


@dataclass
class Found:
    since: datetime
    leads: int = 0
    #: whether these are all the leads there are
    complete: bool = True
    #: whose score would differ by half a point or more, and who would stand on another rung
    other_score: int = 0
    other_stage: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)


@dataclass(frozen=True)
class _Side:
    """One set of rules, as if it had always counted."""

    points: scoring.Rules
    ladder: stages.Ladder
    decay: Decay

    @classmethod
    def of(cls, found: scoring.Rules, ladder: stages.Ladder, now: datetime) -> _Side:
        return cls(found, ladder, Decay.of([(now, found.half_life)]))

    def ask(self, row: Lead, subject: Subject, facts: Sequence[Happened], now: datetime) -> tuple[float, str]:
        """Score and stage of a lead with this story."""
        entries = scoring.entries_of(self.points, 0, facts, subject, now)
        kept = scoring.add(Value(0, 0, None), entries, self.decay)
        subject = replace(subject, decay=self.decay, **kept._asdict())
        standing = stages.Standing(row.stage, row.stage_since, row.stage_held_until)
        decision = stages.decide(self.ladder, standing, subject, now)
        return kept.fit + subject.engagement_at(now), decision.to or row.stage


def what_if(session: Session, asked: Asked, now: datetime) -> Found:
    """Who would have another score or stage. Raises UnpublishableRulesError, with paths under scoring and ladder."""
    live = rules.live(session)
    ours = _Side.of(live.scoring, live.ladder, now)
    theirs = _tried(session, asked, ours, now)
    found = Found(since=now - timedelta(days=asked.days))
    facts_left = MOST_FACTS
    for rows in _chunks(session, asked.leads):
        facts = _facts(session, list(rows), ours, theirs, found.since, facts_left + 1)
        facts_left -= sum(len(some) for some in facts.values())
        if facts_left < 0:
            found.complete = False
            break
        _compare(session, rows, facts, (ours, theirs), now, found)
    found.complete = found.complete and found.leads == session.scalar(_COUNT, {"most": found.leads + 1})
    found.examples = sorted(found.examples, key=_interest)[:EXAMPLES]
    return found


def _tried(session: Session, asked: Asked, ours: _Side, now: datetime) -> _Side:
    wrong = []
    for kind, document in (("scoring", asked.scoring), ("ladder", asked.ladder)):
        if document is not None:
            problems = rules.problems(session, kind, document)  # type: ignore[arg-type]
            wrong += [replace(one, path=f"{kind}/{one.path}".rstrip("/")) for one in problems]
    if wrong:
        raise UnpublishableRulesError(wrong)
    new = scoring.compile_rules(asked.scoring) if asked.scoring is not None else ours.points
    ladder = stages.compile_ladder(asked.ladder) if asked.ladder is not None else ours.ladder
    return _Side.of(new, ladder, now)


def _chunks(session: Session, most: int) -> Iterator[dict[int, Lead]]:
    newest = select(Lead).order_by(Lead.created_at.desc(), Lead.id.desc()).limit(most)
    for some in session.scalars(newest, execution_options={"yield_per": IN_CHUNK}).partitions():
        yield {lead.id: lead for lead in some}


def _facts(
    session: Session, lead_ids: list[int], ours: _Side, theirs: _Side, since: datetime, most: int
) -> Mapping[int, list[Happened]]:
    kinds = sorted(ours.points.listening.keys() | theirs.points.listening.keys())
    found: dict[int, list[Happened]] = defaultdict(list)
    for row in session.execute(_FACTS, {"leads": lead_ids, "kinds": kinds, "since": since, "most": most}):
        found[row.lead_id].append(Happened(row.id, row.at, row.kind, row.data))
    return found


def _compare(
    session: Session,
    rows: Mapping[int, Lead],
    facts: Mapping[int, list[Happened]],
    sides: tuple[_Side, _Side],
    now: datetime,
    found: Found,
) -> None:
    reads = frozenset().union(*(side.points.reads | side.ladder.reads for side in sides))
    kinds = frozenset().union(*(side.points.event_kinds | side.ladder.event_kinds for side in sides))
    known = subjects.subjects(session, rows, reads, kinds)
    for lead_id, row in rows.items():
        (score, stage), (new_score, new_stage) = (
            side.ask(row, known[lead_id], facts.get(lead_id, ()), now) for side in sides
        )
        found.leads += 1
        found.other_score += abs(new_score - score) >= 0.5
        if stage != new_stage:
            found.other_stage += 1
            found.moves[stage, new_stage] += 1
        if stage != new_stage or abs(new_score - score) >= 0.5:
            found.examples.append(Example(lead_id, row.email, score, new_score, stage, new_stage))
    # Enough for the answer, whatever the number of leads.
    found.examples = sorted(found.examples, key=_interest)[:EXAMPLES]


def _interest(example: Example) -> tuple[bool, float]:
    return example.stage == example.new_stage, -abs(example.new_score - example.score)
