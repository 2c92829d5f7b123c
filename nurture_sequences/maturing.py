"""Leads mature by what they do: facts give points, points, facts and time move stages, and segments follow from all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from funnel import scoring, stages
from funnel.conditions import Subject
from funnel.crm import facts, ranks, rules, segment_conditions, subjects
from funnel.crm.facts import Fact
from funnel.crm.rules import Live
from funnel.scoring import Entry, Happened, Value
from nurture_sequences import leads, ledger
from nurture_sequences.keeping import Keeping


@dataclass
class _Look:
    """One lead in a batch: what it is, and the facts about it that were not read before."""

    row: leads.Row
    subject: Subject
    facts: list[Any] = field(default_factory=list)

    @property
    def cause(self) -> Any | None:
        """The last of the facts; None when time alone made us look."""
        return self.facts[-1] if self.facts else None


def mature(session: Session, locked: Mapping[int, leads.Row], taken: Sequence[Any], now: datetime) -> None:
    """Give the points of these facts, in their order, move the stages that follow, and keep the segments; the caller
    holds the locks.

    A handful of statements, whatever the size of the batch.
    """
    keeping = Keeping(segment_conditions.kept(session))
    by_lead: dict[int, list[Any]] = defaultdict(list)
    for fact in taken:
        if not _is_own(fact) or keeping.touched([fact]):
            by_lead[fact.lead_id].append(fact)
    concerned = {lead_id: locked[lead_id] for lead_id in sorted(by_lead)}
    clocks = _look(session, keeping, concerned, by_lead, now, set())
    ledger.set_earlier(session, clocks)


def review(session: Session, lead_ids: Collection[int], now: datetime) -> int:
    """Look again at leads whose clock has rung: time alone may have changed their score, stage or segments. How many
    it were.

    Those that somebody else holds ring again by themselves, as the hand-out set their clocks.
    """
    locked = leads.lock(session, lead_ids, skip_locked=True)
    ledger.drop_orphans(session, set(lead_ids) - locked.keys())
    seen = ledger.clocks(session, locked)
    keeping = Keeping(segment_conditions.kept(session))
    clocks = _look(session, keeping, locked, {}, now, keeping.timed())
    ledger.replace(session, seen, clocks)
    return len(locked)


def set_aside(session: Session, lead_id: int, reason: str) -> None:
    """A lead that cannot be looked at rings no more by itself; its next fact sets the clock again."""
    ledger.drop_clocks(session, [lead_id])


def _is_own(fact: Any) -> bool:
    """Whether an earlier look wrote this: it found where the lead belongs, and when to look again. The same goes for
    facts that only tell the story."""
    by_rule = fact.kind == "stage_changed" and fact.data.get("reason") == "rule"
    return bool(by_rule or fact.kind in segment_conditions.OWN or fact.kind in facts.QUIET)


def _look(
    session: Session,
    keeping: Keeping,
    rows: Mapping[int, leads.Row],
    by_lead: Mapping[int, list[Any]],
    now: datetime,
    timed: Set[int],
) -> dict[int, datetime | None]:
    """When to look at each of these leads again. `timed` are the segments to be asked whatever the facts are."""
    if not rows:
        return {}
    live = rules.live(session)
    touched = {lead_id: keeping.touched(by_lead.get(lead_id, ())) | timed for lead_id in rows}
    # Points and moves that follow may change more than the facts themselves.
    of_score, of_stage = keeping.reading({"score"}), keeping.reading({"stage"})
    reads, kinds = keeping.reads(of_score.union(of_stage, *touched.values()))
    read = subjects.subjects(session, rows, live.reads | reads, live.event_kinds | kinds)
    looks = {lead_id: _Look(row, read[lead_id], by_lead.get(lead_id, [])) for lead_id, row in rows.items()}
    values = _score(session, live, looks, now)
    _rank(session, looks, values)
    for lead_id in values:
        touched[lead_id] |= of_score
    clocks, moved = _move(session, live, looks, now)
    for lead_id in moved:
        touched[lead_id] |= of_stage
    for lead_id, at in keeping.keep(session, looks, touched, now).items():
        clocks[lead_id] = min(at, clocks[lead_id] or at)
    return clocks


def _score(session: Session, live: Live, looks: Mapping[int, _Look], now: datetime) -> Mapping[int, Value]:
    """New entries, and the values that follow from those that were new indeed, by lead."""
    oldest = min((fact.at for look in looks.values() for fact in look.facts), default=now)
    before = ledger.read(session, live.scoring, list(looks), oldest)
    entries = {lead_id: _entries(live, look, before[lead_id], now) for lead_id, look in looks.items()}
    written = ledger.append(session, entries)
    values = {}
    for lead_id, new in written.items():
        subject = looks[lead_id].subject
        value = scoring.add(Value(subject.fit, subject.engagement, subject.engaged_at), new, subject.decay)
        values[lead_id] = value
        looks[lead_id].subject = replace(subject, **value._asdict())
    ledger.store(session, values, now)
    return values


def _rank(session: Session, looks: Mapping[int, _Look], values: Mapping[int, Value]) -> None:
    """Where the leads stand now in the orders of the list, as far as that changed."""
    rows: list[ranks.Rank] = []
    for lead_id, look in looks.items():
        value = values.get(lead_id)
        active_at = max((fact.at for fact in look.facts if fact.kind in ranks.ACTIVITY), default=None)
        if value is None and active_at is None:
            continue
        mark = look.subject.decay.mark(value.engagement, value.engaged_at) if value and value.engaged_at else None
        rows.append({"lead_id": lead_id, "fit": value.fit if value else None, "mark": mark, "active_at": active_at})
    ranks.keep(session, rows)


def _entries(live: Live, look: _Look, before: ledger.Before, now: datetime) -> list[Entry]:
    found: list[Entry] = []
    earlier = list(before.capped)
    for fact in look.facts:
        happened = Happened(fact.id, fact.at, fact.kind, fact.data)
        new = scoring.given(live.scoring, live.scoring_number, happened, look.subject, earlier)
        earlier += [(entry.at, entry.rule, entry.points) for entry in new]
        found += new
    cause = look.cause.id if look.cause else 0
    return found + scoring.held(live.scoring, live.scoring_number, look.subject, before.lasting, now, cause)


def _move(
    session: Session, live: Live, looks: Mapping[int, _Look], now: datetime
) -> tuple[dict[int, datetime | None], Collection[int]]:
    """Stages that follow, with their facts; when to look at each lead again, and who moved."""
    moved, told, clocks = {}, [], {}
    for lead_id, look in looks.items():
        row = look.row
        standing = stages.Standing(row.stage, row.stage_since, row.stage_held_until)
        decision = stages.decide(live.ladder, standing, look.subject, now)
        if decision.to:
            moved[lead_id] = decision.to
            told.append(_stage_changed(live, look, decision, now))
            look.subject = replace(look.subject, stage=decision.to)
        by_points = scoring.next_change(live.scoring, look.subject, now)
        clocks[lead_id] = min((at for at in (by_points, decision.look_at) if at), default=None)
    ledger.move(session, moved, now)
    facts.record(session, told)
    return clocks, moved


def _stage_changed(live: Live, look: _Look, decision: stages.Decision, now: datetime) -> Fact:
    seen = stages.evidence(decision, look.row.stage, look.subject, live.ladder_number, now)
    cause = look.cause
    inherited = facts.inherited(cause.data) if cause else {}
    data = {"from": look.row.stage, "to": decision.to, "reason": "rule", "evidence": seen, **inherited}
    return Fact("stage_changed", look.row.id, now, data, cause.id if cause else None, cause.depth + 1 if cause else 0)
