"""A step comes due: lock, read, decide, write, for hundreds of enrollments at a time."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.conditions import Subject
from funnel.crm import subjects as crm_subjects
from funnel.crm.facts import Fact
from nurture_sequences import enrollment_rows as rows
from nurture_sequences import leads
from nurture_sequences.definition import Program
from nurture_sequences.machine import (
    AddTag,
    Decision,
    Effect,
    MoveStage,
    QueueMessage,
    RemoveTag,
    Settled,
    Standing,
    decide,
)
from nurture_sequences.programs import programs

log = logging.getLogger(__name__)

#: an enrollment as `lock` reads it
Row: TypeAlias = Any

_LOCK = text("""
    SELECT e.id, e.lead_id, e.version_id, e.sequence_id, e.step, e.visit, e.entered_at, e.cause_id, e.depth, e.held,
           s.key AS sequence, s.status = 'paused' AS paused
      FROM enrollments e JOIN sequences s ON s.id = e.sequence_id
     WHERE e.id = ANY (:ids) AND e.status = 'active' AND e.held IS DISTINCT FROM 'error'
     ORDER BY e.id FOR UPDATE OF e
""")
_OF_LEADS = text("SELECT id FROM enrollments WHERE id = ANY (:ids) AND lead_id = ANY (:leads)")
_SETTLED = text("""
    SELECT enrollment_id, status, settled_at, reason FROM messages
     WHERE occasion = ANY (:occasions) AND settled_at IS NOT NULL
""")


def advance(session: Session, ids: Sequence[int], now: datetime) -> int:
    """Take each of these enrollments as far as it can go at `now`; returns how many steps were left behind.

    Rows that ended meanwhile are passed over, rows woken early get their clock back, and a row whose decision
    fails is set aside with the reason. One row never stops its batch.
    """
    locked_leads = leads.lock_of(session, ids)
    return go_on(session, locked_leads, lock(session, ids), now)


def advance_free(session: Session, ids: Sequence[int], now: datetime) -> int:
    """The same for those of them whose leads nobody holds; the others stay as they are."""
    locked_leads = leads.lock_of(session, ids, skip_locked=True)
    theirs = session.scalars(_OF_LEADS, {"ids": list(ids), "leads": list(locked_leads)}).all()
    return go_on(session, locked_leads, lock(session, theirs), now)


def lock(session: Session, ids: Sequence[int]) -> Sequence[Row]:
    """Lock those of these enrollments that are active; the caller holds their leads."""
    return session.execute(_LOCK, {"ids": list(ids)}).all() if ids else []


def go_on(
    session: Session,
    locked_leads: Mapping[int, leads.Row],
    enrollments: Sequence[Row],
    now: datetime,
    settled: Mapping[int, Settled] | None = None,
) -> int:
    """The same for enrollments that are locked already, and their leads with them.

    `settled` is what became of the mails they wait for, by enrollment, when the caller knows of each.
    """
    # Whose lead was merged into another while we waited for it is due again, as that one's.
    enrollments = [row for row in enrollments if row.lead_id in locked_leads]
    if not enrollments:
        return 0
    locked_leads = {row.lead_id: locked_leads[row.lead_id] for row in enrollments}
    compiled = programs(session, {row.version_id for row in enrollments})
    reads = frozenset().union(*(program.reads for program in compiled.values()))
    kinds = frozenset().union(*(program.event_kinds for program in compiled.values()))
    subjects = crm_subjects.subjects(session, locked_leads, reads, kinds)
    if settled is None:
        settled = _settled(session, enrollments, compiled)
    written = rows.Written()
    for row in enrollments:
        if row.paused:
            written.enrollments.append(rows.parked(row, "paused"))
            continue
        program = compiled[row.version_id]
        standing = Standing(row.step, row.visit, row.entered_at, settled.get(row.id))
        try:
            decision = decide(program, standing, subjects[row.lead_id], now)
        except Exception as error:  # whatever a document does, it does to this lead alone
            log.exception("a decision failed, its enrollment is set aside", extra={"enrollment": row.id})
            written.enrollments.append(rows.parked(row, "error", f"{type(error).__name__}: {error}"))
            continue
        _collect(written, row, locked_leads[row.lead_id], decision, now)
        if decision.effects:
            subjects[row.lead_id] = _changed(subjects[row.lead_id], decision.effects)
    rows.write(session, written, now)
    return len(written.visits)


def set_aside(session: Session, enrollment_id: int, reason: str) -> None:
    """Take a row that cannot be written out of the pulse's sight until a person looks at it."""
    session.execute(
        text("UPDATE enrollments SET due_at = 'infinity', held = 'error', reason = :reason WHERE id = :id"),
        {"id": enrollment_id, "reason": reason},
    )


def _settled(session: Session, enrollments: Sequence[Any], compiled: Mapping[int, Program]) -> dict[int, Settled]:
    """The outcome of the mail of the visit under way, by enrollment, for those that are at an email."""
    at_mail = [row for row in enrollments if row.step and compiled[row.version_id].steps[row.step].kind == "email"]
    if not at_mail:
        return {}
    found = session.execute(_SETTLED, {"occasions": [rows.occasion(row.id, row.visit) for row in at_mail]})
    return {row.enrollment_id: Settled(row.status, row.settled_at, row.reason) for row in found}


def _collect(written: rows.Written, row: Any, lead: Any, decision: Decision, now: datetime) -> None:
    written.enrollments.append(rows.decided(row, decision, now))
    written.visits += [rows.visit(row.id, left) for left in decision.left]
    for effect in decision.effects:
        match effect:
            case QueueMessage(step_id, visit):
                written.messages.append(rows.message(row, lead, step_id, visit, now))
            case MoveStage(stage):
                before = written.stages.get(row.lead_id, lead.stage)
                data = {"from": before, "to": stage, "reason": "sequence", "sequence": row.sequence}
                written.stages[row.lead_id] = stage
                written.facts.append(_fact("stage_changed", row, now, data))
            case AddTag(tag):
                written.tags.setdefault(row.lead_id, {})[tag] = True
                written.facts.append(_fact("tagged", row, now, {"tag": tag, "sequence": row.sequence}))
            case RemoveTag(tag):
                written.tags.setdefault(row.lead_id, {})[tag] = False
                written.facts.append(_fact("untagged", row, now, {"tag": tag, "sequence": row.sequence}))
    if decision.ended:
        data = {"sequence": row.sequence, "enrollment": row.id, "reason": decision.ended}
        written.facts.append(_fact("ended", row, now, data))


def _changed(subject: Subject, effects: Sequence[Effect]) -> Subject:
    """The lead as the next enrollment of the same batch must see it."""
    stage, tags = subject.stage, set(subject.tags)
    for effect in effects:
        match effect:
            case MoveStage(to):
                stage = to
            case AddTag(tag):
                tags.add(tag)
            case RemoveTag(tag):
                tags.discard(tag)
    return replace(subject, stage=stage, tags=frozenset(tags))


def _fact(kind: str, row: Any, now: datetime, data: dict[str, Any]) -> Fact:
    return Fact(kind, row.lead_id, now, data, cause_id=row.cause_id, depth=row.depth + 1)
