"""One webhook's turn: what is new for it in the log, and the calls that are due."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from funnel import signing
from funnel.context import Context
from funnel.crm import scores, webhooks
from funnel.crm.webhooks import TAKEN, Outcome
from funnel.models import Lead, Webhook
from funnel.receiver import CONNECTIONS, Answer, Line
from funnel.schemas.lead import LeadOut
from funnel.sealing import unseal

#: deliveries claimed at once: each is called at once
CLAIMED = CONNECTIONS
#: after so long others have their turn (wall seconds)
TURN = 30


def turn(context: Context, webhook_id: int, stopping: Callable[[], bool]) -> None:
    """Tell one webhook what there is to tell, for up to TURN seconds, and give it back."""
    end = context.wall() + timedelta(seconds=TURN)
    try:
        with context.database.transaction() as session:
            webhook = webhooks.by_id(session, webhook_id)
        if webhook is None:
            return
        with Line(webhook.url, context.settings.outgoing_allow) as line, ThreadPoolExecutor(CONNECTIONS) as calls:
            while not stopping() and context.wall() < end:
                if not _round(context, webhook_id, line, calls):
                    break
    finally:
        with context.database.transaction() as session:
            webhooks.leave(session, webhook_id, context.wall())


def _round(context: Context, webhook_id: int, line: Line, calls: ThreadPoolExecutor) -> bool:
    """Read on in the log, and make the calls that are due; whether there may be more to do."""
    wall = context.wall()
    with context.database.transaction() as session:
        webhook = webhooks.by_id(session, webhook_id)
        if webhook is None or not webhook.active:
            return False
        webhook.taken_until = wall + TAKEN
        more = webhooks.fill(session, webhook, wall)
        claimed = webhooks.claim(session, webhook_id, wall, webhook.taken_until, CLAIMED)
        leads = _leads(session, claimed, context) if webhook.include_lead else {}
    keys = _keys(context, webhook)
    list(calls.map(lambda one: _call(context, webhook_id, line, one, leads.get(one.lead_id), keys), claimed))
    return more or len(claimed) == CLAIMED


def _call(context: Context, webhook_id: int, line: Line, told: Any, lead: Any, keys: Sequence[bytes]) -> None:
    data = {"delivery": told.id} if told.event_id is None else {"id": told.event_id, "lead_id": told.lead_id}
    data |= {"details": told.data or {}}
    body = signing.body(told.kind, told.event_at, data, lead)
    answer = line.post(body, signing.headers(str(told.message_id), context.wall(), body, keys))
    chance = random.random()  # noqa: S311 - it spreads retries
    with context.database.transaction() as session:
        webhooks.record(session, webhook_id, told.id, _outcome(answer), chance, context.wall())


def _outcome(answer: Answer) -> Outcome:
    return Outcome(
        answer.status, answer.error, answer.text, round(answer.seconds * 1000), answer.ok, answer.retry_after
    )


def _keys(context: Context, webhook: Webhook) -> list[bytes]:
    """The secret, and for a day the one before."""
    sealed = [webhook.secret]
    if webhook.old_secret and webhook.old_secret_until and webhook.old_secret_until > context.wall():
        sealed.append(webhook.old_secret)
    return [unseal(context.settings.secret_keys, signing.PURPOSE, each) for each in sealed]


def _leads(session: Session, claimed: Iterable[Any], context: Context) -> dict[int, dict[str, Any]]:
    """The leads of these deliveries as they are now, as the API tells them."""
    found = session.scalars(select(Lead).where(Lead.id.in_({one.lead_id for one in claimed}))).all()
    return {lead["id"]: LeadOut().dump(lead) for lead in scores.as_of(session, found, context.now())}
