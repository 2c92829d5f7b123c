"""Outgoing webhooks: made and changed by people, filled from the log, called by workers. All times are wall times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from funnel import feed, ids
from funnel.crm import changes
from funnel.crm.keyset import Page, Place, cut
from funnel.models import Attempt, Delivery, Webhook
from funnel.retries import PATIENCE, next_at

#: facts handed to a webhook in one transaction
FACTS = 500
#: how long the secret before goes on signing
OVERLAP = timedelta(hours=24)
#: how long a delivery that is over can be looked at and sent again
KEPT_DAYS = 30
#: facts that can be told again at once
MOST_REPLAYED = 100_000
#: how often a webhook is looked at although nothing new happened: something may have been committed late
IDLE = timedelta(seconds=10)
#: How long a webhook is taken for, and its deliveries are claimed for: longer than the calls of one round can take.
#: What a worker that was killed had taken rings again then.
TAKEN = timedelta(seconds=60)
GONE = 410

# A webhook is due when its clock rings, or when a transaction has told something that it has not seen.
_TAKE = text("""
    WITH due AS MATERIALIZED (
        SELECT w.id FROM webhooks w
         WHERE w.active AND (w.taken_until IS NULL OR w.taken_until < :wall)
           AND (w.due_at <= :wall OR EXISTS (SELECT FROM events e WHERE e.transaction_id >= w.seen_end))
         ORDER BY w.due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE webhooks w SET taken_until = :until FROM due WHERE w.id = due.id RETURNING w.id
""")
_LEAVE = text("""
    UPDATE webhooks w SET taken_until = NULL, due_at = least(CAST(:idle AS timestamptz), (
           SELECT min(due_at) FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.due_at IS NOT NULL))
     WHERE w.id = :id
""")
# Claimed for the length of a call: whoever dies at it leaves it due again.
_CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM webhook_deliveries WHERE webhook_id = :id AND due_at <= :wall
         ORDER BY due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE webhook_deliveries d SET due_at = :again FROM due WHERE d.id = due.id
    RETURNING d.id, d.message_id, d.event_id, d.event_at, d.lead_id, d.kind,
              (SELECT e.data FROM events e WHERE e.id = d.event_id AND e.at = d.event_at) AS data
""")
_REPLAYED = text("""
    SELECT id, at, kind, lead_id FROM events
     WHERE at >= :since AND (CAST(:kinds AS text[]) = '{}' OR kind = ANY (CAST(:kinds AS text[])))
     ORDER BY id LIMIT :most
""")
_AGAIN = text("""
    INSERT INTO webhook_deliveries AS d (message_id, webhook_id, event_id, event_at, lead_id, kind, created_at, due_at)
    VALUES (:message_id, :webhook_id, :event_id, :event_at, :lead_id, :kind, :created_at, :due_at)
        ON CONFLICT (webhook_id, event_id) DO UPDATE
       SET status = 'waiting', attempts = 0, due_at = excluded.due_at, ended_at = NULL
""")
_OLD = text(f"DELETE FROM webhook_deliveries WHERE ended_at < CAST(:wall AS timestamptz) - interval '{KEPT_DAYS} days'")


class TooManyError(Exception):
    """More facts than can be told again at once."""


@dataclass(frozen=True)
class Outcome:
    """What an attempt came to, for the log and for the clocks."""

    status: int | None
    error: str | None
    answer: str
    milliseconds: int
    ok: bool
    retry_after: timedelta | None


def create(
    session: Session, url: str, kinds: Sequence[str], include_lead: bool, secret: bytes, wall: datetime
) -> Webhook:
    """A webhook that is told what happens from now on; `secret` is sealed already."""
    cursor = changes.latest(session)
    webhook = Webhook(
        url=url,
        kinds=list(kinds),
        include_lead=include_lead,
        secret=secret,
        cursor=str(cursor),
        seen_end=str(cursor.seen.end),
        due_at=wall,
        created_at=wall,
    )
    session.add(webhook)
    session.flush()
    session.refresh(webhook)
    return webhook


def listed(session: Session) -> Sequence[Webhook]:
    """All of them, the oldest first: there are a handful."""
    return session.scalars(select(Webhook).order_by(Webhook.id)).all()


def by_id(session: Session, webhook_id: int) -> Webhook | None:
    return session.get(Webhook, webhook_id)


def change(session: Session, webhook: Webhook, changed: Mapping[str, Any], wall: datetime) -> None:
    """Set what is given. Made active again, it goes on from where it stood, and what failed meanwhile is tried anew."""
    for name in ("url", "kinds", "include_lead"):
        if name in changed:
            setattr(webhook, name, changed[name])
    if changed.get("active") is False and webhook.active:
        webhook.active, webhook.stopped = False, "by hand"
    if changed.get("active") and not webhook.active:
        webhook.active, webhook.stopped, webhook.failing_since, webhook.due_at = True, None, None, wall
        waiting = update(Delivery).where(Delivery.webhook_id == webhook.id, Delivery.due_at.is_not(None))
        session.execute(waiting.values(due_at=wall, attempts=0))
    session.flush()


def rotate(session: Session, webhook: Webhook, secret: bytes, wall: datetime) -> None:
    """A new secret; the one before signs as well for a day."""
    webhook.old_secret, webhook.old_secret_until = webhook.secret, wall + OVERLAP
    webhook.secret = secret
    session.flush()


def test(session: Session, webhook: Webhook, wall: datetime) -> Delivery:
    """A delivery that tells nothing, to see whether it arrives."""
    delivery = Delivery(
        message_id=ids.time_ordered(wall),
        webhook_id=webhook.id,
        event_at=wall,
        kind="test",
        created_at=wall,
        due_at=wall,
    )
    session.add(delivery)
    webhook.due_at = wall
    session.flush()
    session.refresh(delivery)
    return delivery


def deliveries(
    session: Session, webhook_id: int, *, status: str | None = None, after: Place | None = None, limit: int = 50
) -> Page[Delivery]:
    """What a webhook was told and is to be told, the newest first."""
    found = select(Delivery).where(Delivery.webhook_id == webhook_id)
    if status:
        found = found.where(Delivery.status == status)
    if after:
        found = found.where(Delivery.id < after.id)
    rows = session.scalars(found.order_by(Delivery.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: Place(row.created_at, row.id))


def delivery(session: Session, webhook_id: int, delivery_id: int) -> Delivery | None:
    found = session.get(Delivery, delivery_id)
    return found if found and found.webhook_id == webhook_id else None


def attempts(session: Session, delivery_id: int) -> Sequence[Attempt]:
    """How each call of a delivery went, the first one first."""
    return session.scalars(select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(Attempt.id)).all()


def send_again(session: Session, webhook: Webhook, delivery: Delivery, wall: datetime) -> None:
    """Under the same id, by which receivers know it."""
    delivery.status, delivery.attempts, delivery.due_at, delivery.ended_at = "waiting", 0, wall, None
    webhook.due_at = wall
    session.flush()


def replay(session: Session, webhook: Webhook, since: datetime, wall: datetime) -> int:
    """Tell all facts since then (engine time) again, each under the id it had; how many they are.

    Raises TooManyError.
    """
    asked = {"since": since, "kinds": list(webhook.kinds), "most": MOST_REPLAYED + 1}
    facts = session.execute(_REPLAYED, asked).all()
    if len(facts) > MOST_REPLAYED:
        raise TooManyError
    if facts:
        session.execute(_AGAIN, [_row(webhook, fact, wall) for fact in facts])
    webhook.due_at = wall
    session.flush()
    return len(facts)


def stopped(session: Session) -> int:
    """How many were stopped, though not by a person: one has to look at them."""
    asked = select(func.count()).select_from(Webhook).where(Webhook.stopped.in_(("gone", "failing")))
    return session.execute(asked).scalar_one()


def forget_old(session: Session, wall: datetime) -> None:
    """Delete deliveries that ended long ago (`KEPT_DAYS`)."""
    session.execute(_OLD, {"wall": wall})


def take(session: Session, wall: datetime, until: datetime, limit: int) -> list[int]:
    """Webhooks that there is something to do for; until then they are the caller's."""
    return [row.id for row in session.execute(_TAKE, {"wall": wall, "until": until, "limit": limit})]


def leave(session: Session, webhook_id: int, wall: datetime) -> None:
    """Give a taken one back, with the clock of what it waits for."""
    session.execute(_LEAVE, {"id": webhook_id, "idle": wall + IDLE})


def fill(session: Session, webhook: Webhook, wall: datetime) -> bool:
    """Make deliveries of the next facts, in the transaction that moves the cursor; whether there are more.

    A cursor that is of another log (a backup was restored) begins anew at its end: what this log forgot cannot be told.
    """
    try:
        page = changes.page(session, feed.read(webhook.cursor), FACTS, webhook.kinds)
    except changes.GoneError:
        webhook.cursor = str(changes.latest(session))
        return True
    if page.facts:
        session.execute(insert(Delivery), [_row(webhook, fact, wall) for fact in page.facts])
    webhook.cursor, webhook.seen_end = str(page.next), str(page.next.seen.end)
    session.flush()
    return page.more


def claim(session: Session, webhook_id: int, wall: datetime, again: datetime, limit: int) -> Sequence[Any]:
    """Deliveries to be made now, with their facts; `again` is when they are due should the caller die."""
    return session.execute(_CLAIM, {"id": webhook_id, "wall": wall, "again": again, "limit": limit}).all()


def record(
    session: Session, webhook_id: int, delivery_id: int, outcome: Outcome, chance: float, wall: datetime
) -> None:
    """Write an attempt down, and what follows of it for the delivery and the webhook."""
    webhook = session.execute(select(Webhook).where(Webhook.id == webhook_id).with_for_update()).scalar_one_or_none()
    found = session.get(Delivery, delivery_id, with_for_update=True)
    if webhook is None or found is None:
        return  # it was deleted meanwhile
    session.add(
        Attempt(
            delivery_id=delivery_id,
            at=wall,
            status=outcome.status,
            error=outcome.error,
            milliseconds=outcome.milliseconds,
            answer=outcome.answer,
        )
    )
    found.attempts += 1
    if outcome.ok:
        found.status, found.due_at, found.ended_at = "delivered", None, wall
        webhook.failing_since = None
    else:
        found.due_at = next_at(found.attempts, wall, chance, outcome.retry_after)
        if found.due_at is None:
            found.status, found.ended_at = "failed", wall
        _judge(webhook, outcome, wall)
    session.flush()


def _judge(webhook: Webhook, outcome: Outcome, wall: datetime) -> None:
    webhook.failing_since = webhook.failing_since or wall
    if not webhook.active:
        return
    if outcome.status == GONE:
        webhook.active, webhook.stopped = False, "gone"
    elif wall - webhook.failing_since >= PATIENCE:
        webhook.active, webhook.stopped = False, "failing"


def _row(webhook: Webhook, fact: Any, wall: datetime) -> dict[str, Any]:
    return {
        "message_id": ids.time_ordered(wall),
        "webhook_id": webhook.id,
        "event_id": fact.id,
        "event_at": fact.at,
        "lead_id": fact.lead_id,
        "kind": fact.kind,
        "created_at": wall,
        "due_at": wall,
    }
