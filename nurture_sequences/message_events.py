"""A provider's events become part of the story: kept once, folded into their messages, told as facts.

They come late, twice and in any order. Locks are taken as everywhere: leads, enrollments, messages, each by id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import consents, facts, suppressions
from funnel.crm.consents import Proof
from funnel.crm.facts import Fact
from nurture_sequences import leads, settling
from nurture_sequences.provider_events import PROOF, ProviderEvent, soft_bounces
from nurture_sequences.settling import Settlement

#: so many soft bounces in a row within so long, and the address is given up
SOFT_BOUNCES, SOFT_SPAN = 3, timedelta(days=30)
UNSETTLED = frozenset({"queued", "sending", "unknown"})

_KEEP = text("""
    INSERT INTO message_events (provider_event_id, message_id, kind, at, data)
    SELECT id, message_id, kind, at, data
      FROM json_to_recordset(:rows) AS e (id text, message_id uuid, kind text, at timestamptz, data jsonb)
     ORDER BY id
        ON CONFLICT DO NOTHING RETURNING provider_event_id
""")
_ENROLLMENTS = text("""
    SELECT id FROM enrollments
     WHERE id IN (SELECT enrollment_id FROM messages WHERE id = ANY (:ids) AND settled_at IS NULL)
     ORDER BY id FOR NO KEY UPDATE
""")
_MESSAGES = text("""
    SELECT id, lead_id, address, step, status, queued_at FROM messages
     WHERE id = ANY (:ids) ORDER BY id FOR NO KEY UPDATE
""")
_STAMP = text("""
    UPDATE messages m
       SET delivered_at = coalesce(m.delivered_at, w.delivered_at), bounced_at = coalesce(m.bounced_at, w.bounced_at),
           complained_at = coalesce(m.complained_at, w.complained_at)
      FROM json_to_recordset(:rows) AS w
           (id uuid, delivered_at timestamptz, bounced_at timestamptz, complained_at timestamptz)
     WHERE m.id = w.id
""")
_HISTORY = text("""
    SELECT m.lead_id, e.provider_event_id, e.kind, e.at, e.data
      FROM messages m JOIN message_events e ON e.message_id = m.id
     WHERE m.lead_id = ANY (:leads) AND e.kind IN ('bounce', 'delivered') AND e.at > :since
""")
STAMPS = {"delivered": "delivered_at", "bounce": "bounced_at", "spamreport": "complained_at"}


@dataclass
class _Consequences:
    """What the events of one post add up to, before any of it is written."""

    settlements: list[Settlement] = field(default_factory=list)
    stamps: list[dict[str, Any]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    #: address: reason
    suppressions: dict[str, str] = field(default_factory=dict)
    #: message by lead
    unsubscribed: dict[int, UUID] = field(default_factory=dict)
    #: soft bounces, to be counted once the history is known
    soft: list[tuple[Any, ProviderEvent]] = field(default_factory=list)


def record(session: Session, events: Sequence[ProviderEvent], now: datetime, key: bytes) -> int:
    """Keep what is new and let it take effect; `now` is engine time, `key` the fingerprint key.

    Returns how many events were new. Events of unknown messages are kept and change nothing.
    """
    fresh = _keep(session, events)
    by_message: dict[UUID, list[ProviderEvent]] = defaultdict(list)
    for event in sorted(fresh, key=lambda event: event.at):
        if event.message_id is not None:
            by_message[event.message_id].append(event)
    messages = _locked(session, by_message)
    found = _Consequences()
    for message in messages:
        _fold(message, by_message[message.id], found)
    _count_soft_bounces(session, found, now)
    _write(session, found, now, key)
    return len(fresh)


def _keep(session: Session, events: Sequence[ProviderEvent]) -> list[ProviderEvent]:
    by_id = {event.id: event for event in events}
    rows = [
        {"id": event.id, "message_id": event.message_id, "kind": event.kind, "at": event.at, "data": event.data}
        for event in by_id.values()
    ]
    return [by_id[kept] for kept in session.scalars(_KEEP, {"rows": orjson.dumps(rows).decode()})] if rows else []


def _locked(session: Session, ids: Collection[UUID]) -> Sequence[Any]:
    if not ids:
        return []
    named = {"ids": list(ids)}
    leads.lock_of_mails(session, ids)
    session.execute(_ENROLLMENTS, named)
    return session.execute(_MESSAGES, named).all()


def _fold(message: Any, events: Sequence[ProviderEvent], found: _Consequences) -> None:
    """What the events of one message, oldest first, say of it, of its address and of its lead."""
    if message.status in UNSETTLED:
        found.settlements.extend(_settlement(message, events))
    stamps = {STAMPS[event.kind]: event.at for event in reversed(events) if event.kind in STAMPS}
    if stamps:
        found.stamps.append({"id": message.id, **stamps})
    for event in events:
        # A mail redirected for staging says nothing about the address it was meant for.
        if event.address == message.address.lower():
            _judge(message, event, found)


def _settlement(message: Any, events: Sequence[ProviderEvent]) -> list[Settlement]:
    """A mail that SendGrid tells about was taken, whatever the answer to its request was; unless it was dropped."""
    event = next((event for event in events if event.kind in PROOF or event.kind == "dropped"), None)
    if event is None:
        return []
    dropped = event.kind == "dropped"
    return [
        Settlement(
            message.id,
            "refused" if dropped else "accepted",
            f"dropped: {event.data.get('reason', 'no reason given')}" if dropped else None,
            "sendgrid",
            event.provider_id,
            max(event.at, message.queued_at),
        )
    ]


def _judge(message: Any, event: ProviderEvent, found: _Consequences) -> None:
    """What one event means for the address and the lead."""
    if event.verdict == "hard_bounce":
        _give_up(message, event, "bounced", "hard_bounce", found)
    elif event.verdict == "complaint":
        _give_up(message, event, "complained", "complaint", found)
    elif event.verdict == "soft_bounce":
        found.soft.append((message, event))
    elif event.verdict == "unsubscribe" and message.lead_id is not None:
        found.unsubscribed[message.lead_id] = message.id


def _give_up(message: Any, event: ProviderEvent, kind: str, reason: str, found: _Consequences) -> None:
    found.suppressions.setdefault(message.address, reason)
    _tell(message, event, kind, found)


def _tell(message: Any, event: ProviderEvent, kind: str, found: _Consequences) -> None:
    if message.lead_id is not None:
        data = {"message": str(message.id), "step": message.step, "why": _why(event.data)}
        found.facts.append(Fact(kind, message.lead_id, event.at, data))


def _why(data: Mapping[str, Any]) -> str | None:
    return data.get("bounce_classification") or data.get("reason") or None


def _count_soft_bounces(session: Session, found: _Consequences, now: datetime) -> None:
    """The third soft bounce in a row, with no delivery between, ends it; the others are only told."""
    if not found.soft:
        return
    history: dict[int, list[ProviderEvent]] = defaultdict(list)
    ids = [message.lead_id for message, _ in found.soft if message.lead_id is not None]
    for row in session.execute(_HISTORY, {"leads": ids, "since": now - SOFT_SPAN}):
        history[row.lead_id].append(ProviderEvent(row.provider_event_id, None, row.kind, row.at, row.data))
    for message, event in found.soft:
        if soft_bounces(history[message.lead_id]) >= SOFT_BOUNCES:
            _give_up(message, event, "bounced", "soft_bounces", found)
        else:
            _tell(message, event, "soft_bounced", found)


def _write(session: Session, found: _Consequences, now: datetime, key: bytes) -> None:
    settling.wake(session, settling.settle(session, found.settlements, now), now)
    if found.stamps:
        session.execute(_STAMP, {"rows": orjson.dumps(found.stamps).decode()})
    suppressions.suppress_all(session, found.suppressions, now, key)
    for lead_id, message_id in sorted(found.unsubscribed.items()):
        consents.withdraw(session, lead_id, None, now, proof=Proof("provider"), message_id=message_id)
    facts.record(session, found.facts)
