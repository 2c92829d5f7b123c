"""Claiming mail: the last check of permission, and the mark that this process, and no other, sends it now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import consents, suppressions
from nurture_sequences import leads, settling
from nurture_sequences.definition import Program
from nurture_sequences.engine import Engine
from nurture_sequences.failed_chunks import PAUSE_SECONDS
from nurture_sequences.permission import DAY, Candidate, Go, Park, Sending, Skip, ask
from nurture_sequences.programs import programs
from nurture_sequences.timing import next_open

_OF_LEADS = text("SELECT id FROM messages WHERE id = ANY (:ids) AND (lead_id IS NULL OR lead_id = ANY (:leads))")
# Whoever holds the lead may hold the mail as well: then its clock stays where the hand-out set it.
_LATER = text("""
    WITH held AS MATERIALIZED (
        SELECT id FROM messages WHERE id = ANY (:ids) AND status = 'queued' AND held IS NULL FOR UPDATE SKIP LOCKED
    )
    UPDATE messages m SET due_at = :soon FROM held WHERE m.id = held.id
""")
_LOCK = text("""
    SELECT m.id, m.occasion, m.address, m.lead_id, m.enrollment_id, m.version_id, m.step, m.purpose, m.attempts,
           coalesce(e.status = 'active' AND m.occasion = 'visit:' || e.id || ':' || e.visit, false) AS active,
           coalesce(s.status = 'paused', false) AS paused, s.key AS sequence
      FROM messages m LEFT JOIN enrollments e ON e.id = m.enrollment_id LEFT JOIN sequences s ON s.id = e.sequence_id
     WHERE m.id = ANY (:ids) AND m.status = 'queued' ORDER BY m.id FOR UPDATE OF m
""")
_SENDING = text("SELECT sending_held, paused_until FROM installation")
# Counted under the lead's lock, over everything that left or may have left. What is on the wire, or in doubt and in
# its grace, leaves about now, however long it was queued; what is held for a person left we know not when.
_RECENT = text("""
    SELECT lead_id, at FROM (
        SELECT lead_id, CASE WHEN settled_at IS NOT NULL THEN settled_at
                             WHEN status = 'sending' OR due_at < 'infinity' THEN :now ELSE queued_at END AS at
          FROM messages
         WHERE lead_id = ANY (:leads) AND purpose = 'marketing' AND status IN ('sending', 'accepted', 'unknown')
    ) AS counted WHERE at > :since ORDER BY at
""")
_CLAIM = text("""
    UPDATE messages SET status = 'sending', claim = :claim, send_by = :send_by, attempts = attempts + 1,
           held = NULL, reason = NULL
     WHERE id = ANY (:ids)
""")
_PARK = text("""
    UPDATE messages m SET due_at = w.due_at, held = w.held
      FROM json_to_recordset(:rows) AS w (id uuid, due_at timestamptz, held text) WHERE m.id = w.id
""")


@dataclass(frozen=True)
class Claim:
    """Mails that this process alone may send until `send_by` (wall time), with what rendering needs."""

    id: UUID
    send_by: datetime
    mails: Sequence[Any]
    leads: Mapping[int, Any]
    programs: Mapping[int, Program]


def claim(
    session: Session, engine: Engine, claim_id: UUID, ids: Sequence[UUID], now: datetime, *, free: bool = False
) -> Claim:
    """Mark those of these queued mails that may go now; skip for good, or park, those that may not.

    With `free` the mails of leads that somebody holds are left out, and due again soon.
    """
    wanted, wall = list(ids), engine.context.wall()
    locked = leads.lock_of_mails(session, wanted, skip_locked=free)
    if free:
        wanted = list(session.scalars(_OF_LEADS, {"ids": wanted, "leads": list(locked)}))
        soon = now + engine.context.clock.span(PAUSE_SECONDS)
        session.execute(_LATER, {"ids": list(set(ids) - set(wanted)), "soon": soon})
    # Whose lead was merged into another while we waited for it is due again; then that one is asked.
    found = session.execute(_LOCK, {"ids": wanted}).all()
    rows = [row for row in found if row.lead_id is None or row.lead_id in locked]
    compiled = programs(session, {row.version_id for row in rows if row.version_id is not None})
    answers = _answers(session, engine, rows, locked, compiled, now)
    going = [row for row in rows if isinstance(answers[row.id], Go)]
    claimed = Claim(claim_id, wall + timedelta(seconds=engine.context.settings.send_seconds), going, locked, compiled)
    _write(session, claimed, rows, answers, now)
    return claimed


def _answers(
    session: Session,
    engine: Engine,
    rows: Sequence[Any],
    locked: Mapping[int, Any],
    compiled: Mapping[int, Program],
    now: datetime,
) -> dict[UUID, Go | Skip | Park]:
    sending = _sending(session, engine, now)
    states = consents.mail_state(session, list(locked))
    key = engine.context.settings.fingerprint_key
    suppressed = suppressions.suppressed(session, [row.address for row in rows], key)
    recent = _recent(session, list(locked), now) if sending.cap_per_day else {}
    answers: dict[UUID, Go | Skip | Park] = {}
    for row in rows:
        lead, program = locked.get(row.lead_id), compiled.get(row.version_id)
        counted = recent.setdefault(row.lead_id, [])
        purpose = program.purpose if program else None
        candidate = Candidate(
            marketing=row.purpose == "marketing",
            enrollment_active=row.active,
            sequence_paused=row.paused,
            suppressed=row.address in suppressed,
            demo=bool(lead and lead.demo),
            readdressed=bool(lead and lead.email != row.address),
            refusal=consents.may_mail(states.get(row.lead_id, {}), purpose),
            opens_at=_opens_at(program, lead, now),
            recent=tuple(counted),
        )
        answer = answers[row.id] = ask(sending, candidate, now)
        if candidate.marketing and isinstance(answer, Go):
            counted.append(now)
    return answers


def _sending(session: Session, engine: Engine, now: datetime) -> Sending:
    row = session.execute(_SENDING).one()
    settings, clock = engine.context.settings, engine.context.clock
    until = clock.now(row.paused_until) if row.paused_until else None
    return Sending(row.sending_held, until, engine.mailer.real, settings.mail_cap_per_day)


def _opens_at(program: Program | None, lead: Any, now: datetime) -> datetime:
    if program is None or program.window is None:
        return now
    return next_open(program.window, lead.zone if lead else None, now)


def _recent(session: Session, lead_ids: Collection[int], now: datetime) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    for row in session.execute(_RECENT, {"leads": list(lead_ids), "now": now, "since": now - DAY}):
        found[row.lead_id].append(row.at)
    return found


def _write(
    session: Session, claimed: Claim, rows: Sequence[Any], answers: Mapping[UUID, Go | Skip | Park], now: datetime
) -> None:
    if claimed.mails:
        ids = [row.id for row in claimed.mails]
        session.execute(_CLAIM, {"ids": ids, "claim": claimed.id, "send_by": claimed.send_by})
    parked, skipped = [], []
    for row in rows:
        match answers[row.id]:
            case Park(until, held):
                parked.append({"id": row.id, "due_at": until or "infinity", "held": held})
            case Skip(reason):
                skipped.append(settling.Settlement(row.id, "skipped", reason=reason))
            case Go():
                pass
    if parked:
        session.execute(_PARK, {"rows": orjson.dumps(parked).decode()})
    settling.wake(session, settling.settle(session, skipped, now), now)
