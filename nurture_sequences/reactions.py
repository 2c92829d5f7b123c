"""What follows from new facts: leads mature, join segments, enter sequences and leave them, get mail they asked for."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import assignment, conversions, facts
from funnel.crm.facts import Fact
from nurture_sequences import enrolling, late_twins, leads, maturing, service_mail
from nurture_sequences.engine import is_poison
from nurture_sequences.enrolling import Entry, Live
from nurture_sequences.programs import readable

log = logging.getLogger(__name__)

#: a chain of facts longer than this is a loop: A enrolls B enrolls A
MAX_DEPTH = 20
#: facts after which a lead is out of every sequence, and the word that says why
ENDINGS = {"unsubscribed": "unsubscribed", "complained": "complained", "bounced": "bounced", "erased": "erased"}

#: facts of somebody who comes, and may need an owner
ARRIVALS = frozenset({"form_submitted", "lead_created"})

_OLDEST = text("""
    SELECT DISTINCT lead_id FROM
           (SELECT lead_id FROM pending_facts WHERE failed IS NULL ORDER BY event_id LIMIT :limit) AS oldest
""")
# All waiting facts of a locked lead at once: the lock keeps them in the order they were committed in.
_TAKE = text("""
    WITH taken AS (
        DELETE FROM pending_facts WHERE lead_id = ANY (:leads) AND failed IS NULL RETURNING event_id, at
    )
    SELECT e.id, e.at, e.lead_id, e.kind, e.data, e.depth FROM taken
      JOIN events e ON e.id = taken.event_id AND e.at = taken.at ORDER BY e.id
""")
_ORPHANS = text("""
    DELETE FROM pending_facts
     WHERE lead_id = ANY (:leads) AND failed IS NULL AND NOT EXISTS (SELECT FROM leads WHERE leads.id = lead_id)
""")
_SET_ASIDE = text("INSERT INTO pending_facts (event_id, at, lead_id, failed) VALUES (:id, :at, :lead, :reason)")
_VERSIONS = text("SELECT DISTINCT version_id FROM enrollments WHERE lead_id = ANY (:leads) AND status = 'active'")


def waiting_leads(session: Session, limit: int = 500) -> list[int]:
    """The leads of the oldest facts that nobody reacted to yet."""
    return [row.lead_id for row in session.execute(_OLDEST, {"limit": limit})]


def react(session: Session, lead_ids: Collection[int], now: datetime) -> int:
    """Apply the effects of all waiting facts of these leads and take them off the queue, in one transaction.

    Leads that someone else holds are left for the next turn, so several workers share the queue. Facts of leads that
    are no more have no effects. Returns the number of facts taken.
    """
    held = leads.lock(session, lead_ids, skip_locked=True)
    locked = late_twins.absorb(session, held, now)
    orphans = _drop_orphans(session, set(lead_ids) - held.keys())
    taken = session.execute(_TAKE, {"leads": list(locked)}).all()
    _apply(session, locked, taken, now)
    return len(taken) + orphans


def react_apart(session: Session, lead_id: int, now: datetime) -> None:
    """The same for a lead whose facts cannot all be applied together: one by one, in their order.

    A fact at fault is set aside with the reason, and leaves no trace but that. The later ones do not wait for it: put
    back into the queue by a person, it has its effects after theirs.
    """
    locked = late_twins.absorb(session, leads.lock(session, [lead_id], skip_locked=True), now)
    for fact in session.execute(_TAKE, {"leads": list(locked)}).all():
        try:
            with session.begin_nested():
                _apply(session, locked, [fact], now)
        except Exception as error:
            if not is_poison(error):
                raise
            log.exception("a fact was set aside", extra={"fact": fact.id, "kind": fact.kind, "lead": lead_id})
            reason = type(error).__name__
            session.execute(_SET_ASIDE, {"id": fact.id, "at": fact.at, "lead": lead_id, "reason": reason})


def _apply(session: Session, locked: Mapping[int, leads.Row], taken: Sequence[Any], now: datetime) -> None:
    _stop_loops(session, [fact for fact in taken if fact.depth > MAX_DEPTH], now)
    followed = [fact for fact in taken if fact.depth <= MAX_DEPTH]
    if followed:
        live = enrolling.live_sequences(session)
        endings = {fact.lead_id: fact for fact in followed if _ending(fact)}
        _end(session, endings.values(), now)
        # What a lead did before it left for good brings it into nothing any more.
        lasting = [fact for fact in followed if fact.lead_id not in endings or fact.id > endings[fact.lead_id].id]
        enrolling.enroll(session, live, _entries(lasting, live), now)
        conversions.count_stages(session, [fact for fact in followed if fact.kind == "stage_changed"])
        maturing.mature(session, locked, followed, now)
        assignment.share_out(session, {fact.lead_id for fact in followed if fact.kind in ARRIVALS}, now)
        _wake(session, {fact.lead_id for fact in followed if fact.kind not in facts.QUIET}, now)
        service_mail.queue_confirmations(session, lasting, locked, now)


def _drop_orphans(session: Session, lead_ids: Collection[int]) -> int:
    """They would stand at the head of the queue for ever."""
    if not lead_ids:
        return 0
    return session.execute(_ORPHANS, {"leads": list(lead_ids)}).rowcount  # type: ignore[attr-defined,no-any-return]


def _entries(taken: Sequence[Any], live: Sequence[Live]) -> list[Entry]:
    """Which lead enters which sequence, and because of which fact."""
    listening: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in live:
        for trigger in one.program.triggers:
            listening[trigger.kind, trigger.value].append(one.sequence_id)
    return [
        Entry(fact.lead_id, sequence_id, fact.id, fact.depth)
        for fact in taken
        if fact.data.get("enrolls", True) and fact.kind not in facts.QUIET
        for trigger in _triggers(fact)
        for sequence_id in listening.get(trigger, ())
    ]


def _triggers(fact: Any) -> list[tuple[str, str]]:
    """The triggers that this fact pulls, as documents name them."""
    named = [("event", fact.kind)]
    match fact.kind:
        case "form_submitted" if not fact.data.get("double_opt_in"):
            named.append(("form", fact.data["form"]))
        case "confirmed":
            named.append(("form", fact.data["form"]))
        case "stage_changed":
            named.append(("stage", fact.data["to"]))
        case "tagged":
            named.append(("tag", fact.data["tag"]))
        case "segment_joined":
            named.append(("segment", fact.data["key"]))
    return named


def _ending(fact: Any) -> str | None:
    """Why this fact takes its lead out of every sequence; None when it does not."""
    if fact.kind == "absorbed" and fact.data.get("unsubscribed"):
        return "unsubscribed"
    return ENDINGS.get(fact.kind)


def _end(session: Session, endings: Collection[Any], now: datetime) -> None:
    ending: dict[str, set[int]] = defaultdict(set)
    for fact in endings:
        ending[str(_ending(fact))].add(fact.lead_id)
    for reason, lead_ids in ending.items():
        enrolling.end(session, lead_ids, reason, now)


def _wake(session: Session, lead_ids: Collection[int], now: datetime) -> None:
    """A goal may have been reached by any fact, so those who pursue one look again."""
    versions = {row.version_id for row in session.execute(_VERSIONS, {"leads": list(lead_ids)})}
    pursuing = [version for version, program in readable(session, versions).items() if program.goal is not None]
    if pursuing:
        enrolling.wake(session, lead_ids, pursuing, now)


def _stop_loops(session: Session, loops: Sequence[Any], now: datetime) -> None:
    for fact in loops:
        log.warning("a chain of facts was stopped", extra={"fact": fact.id, "kind": fact.kind, "depth": fact.depth})
    facts.record(
        session,
        [Fact("loop_stopped", fact.lead_id, now, {"kind": fact.kind}, fact.id, fact.depth) for fact in loops],
    )
