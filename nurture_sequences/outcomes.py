"""What a provider said of a bite of mails, written down in one transaction, and the leads' next steps with it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import random
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from funnel.crm import installation
from nurture_sequences import enrollments, leads, settling
from nurture_sequences.claims import Claim
from nurture_sequences.engine import Engine
from nurture_sequences.enrollment_rows import occasion
from nurture_sequences.mailers import Accepted, Outcome, Refused, Unavailable, Unknown
from nurture_sequences.settling import Delay, Settlement
from nurture_sequences.standing import Settled

log = logging.getLogger(__name__)

#: a provider that never takes a message in so many tries never will
MAX_ATTEMPTS = 20
#: how long an account-wide refusal without a date pauses the account (wall seconds)
ACCOUNT_PAUSE_SECONDS = 60.0


@dataclass
class Sent:
    """The outcomes of one bite, and what was not posted."""

    outcomes: list[tuple[UUID, Outcome]] = field(default_factory=list)
    unsent: list[UUID] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.outcomes or self.unsent)

    def part(self, ids: Collection[UUID], *, those: bool) -> Sent:
        """What it says of these mails, or of all others."""
        return Sent(
            [one for one in self.outcomes if (one[0] in ids) is those],
            [one for one in self.unsent if (one in ids) is those],
        )


def record(session: Session, engine: Engine, claimed: Claim, sent: Sent, *, free: bool = False) -> Sent:
    """Write down each outcome; what was not posted is queued again as if nothing had been.

    Whose mail is settled goes on to the next step at once: handing the lead out for that would cost as much again.
    With `free` the mails of leads that somebody holds are left out. Returns what was not written down for that.
    """
    concerned = {message_id for message_id, _ in sent.outcomes} | set(sent.unsent)
    mails = [mail for mail in claimed.mails if mail.id in concerned]
    theirs = {mail.lead_id for mail in mails if mail.lead_id is not None}
    locked = leads.lock(session, theirs, skip_locked=free)
    held_leads = leads.present(session, theirs - locked.keys()) if free else set()
    held = {mail.id for mail in mails if mail.lead_id in held_leads}
    found = enrollments.lock(session, [mail.enrollment_id for mail in mails if mail.lead_id in locked])
    standing = {row.id: row for row in found if row.lead_id in locked}
    now = engine.context.now()
    settled = _settle(session, engine, claimed, sent.part(held, those=False), now)
    _go_on(session, locked, list(standing.values()), settled, now)
    # A lead that was merged into another while its mail was on the way goes on as that one.
    settling.wake(session, [row for row in settled if row.enrollment_id not in standing], now)
    return sent.part(held, those=True)


def _settle(session: Session, engine: Engine, claimed: Claim, sent: Sent, now: datetime) -> Sequence[settling.Row]:
    """What each outcome comes to; returns the messages that are settled by it."""
    tries = {mail.id: mail.attempts + 1 for mail in claimed.mails}
    settlements: list[Settlement] = []
    delays = [Delay(message_id, now, None, counts=False) for message_id in sent.unsent]
    for message_id, outcome in sent.outcomes:
        match outcome:
            case Accepted(provider_id):
                settlements.append(
                    Settlement(message_id, "accepted", provider=engine.mailer.name, provider_id=provider_id)
                )
            case Refused(reason, _):
                settlements.append(Settlement(message_id, "refused", reason, provider=engine.mailer.name))
            case Unavailable() if tries[message_id] >= MAX_ATTEMPTS:
                settlements.append(Settlement(message_id, "refused", f"not taken in {MAX_ATTEMPTS} tries"))
            case Unavailable():
                delays.append(_delay(engine, session, message_id, outcome, tries[message_id], now))
            case Unknown(reason):
                grace = engine.context.clock.span(engine.context.settings.unknown_grace_seconds)
                settling.doubt(session, [message_id], reason, now + grace, claimed.id)
    settled = settling.settle(session, settlements, now, claimed.id)
    settling.delay(session, delays, claimed.id)
    return settled


def _go_on(
    session: Session,
    locked: Mapping[int, leads.Row],
    standing: Sequence[enrollments.Row],
    settled: Sequence[settling.Row],
    now: datetime,
) -> None:
    """The next steps of those whose mails were settled. What the provider said must not hang on them: if they cannot
    be written, the enrollments are woken instead, and the pulse will find out which of them is at fault."""
    by_occasion = {row.occasion: Settled(row.status, row.settled_at, row.reason) for row in settled}
    found = {row.id: by_occasion.get(occasion(row.id, row.visit)) for row in standing}
    known = {enrollment: outcome for enrollment, outcome in found.items() if outcome}
    try:
        with session.begin_nested():
            enrollments.go_on(session, locked, [row for row in standing if row.id in known], now, known)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        log.warning("leads could not go on with their mails' outcomes", extra={"error": type(error).__name__})
        settling.wake(session, settled, now)


def _delay(
    engine: Engine, session: Session, message_id: UUID, outcome: Unavailable, tries: int, now: datetime
) -> Delay:
    wait = settling.backoff(tries)
    if outcome.account_wide:
        wait = timedelta(seconds=outcome.retry_after or ACCOUNT_PAUSE_SECONDS)
        installation.pause_account(session, engine.context.wall() + wait, outcome.reason)
    elif outcome.retry_after:
        wait = timedelta(seconds=outcome.retry_after)
    jitter = 1 + random() / 4  # noqa: S311 - spreads retries, hides nothing
    due_at = now + engine.context.clock.span(wait.total_seconds() * jitter)
    return Delay(message_id, due_at, outcome.reason, counts=not outcome.account_wide)
