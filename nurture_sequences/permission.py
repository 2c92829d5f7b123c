"""Pure: may this mail go now? Asked in the transaction that claims it, never when it was planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Go:
    """Nothing stands against it."""


@dataclass(frozen=True, slots=True)
class Skip:
    """It will never go, and the lead's next step need not wait for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Park:
    """Not now: at `until` (engine time), or when whoever held it lets it go."""

    until: datetime | None
    held: str


@dataclass(frozen=True, slots=True)
class Sending:
    """What holds for every mail of the installation. `paused_until` is engine time here."""

    held: str | None
    paused_until: datetime | None
    real: bool
    cap_per_day: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the claim read about one mail, its lead and its enrollment, under their locks."""

    marketing: bool
    #: None once the enrollment is gone or over
    enrollment_active: bool
    sequence_paused: bool
    suppressed: bool
    demo: bool
    #: queued for an address that is the lead's no more
    readdressed: bool
    #: why the lead's consents forbid it, or None
    refusal: str | None
    #: when the sequence's window lets mail out: now, or later
    opens_at: datetime
    #: engine times of the lead's marketing mails of the last day, oldest first
    recent: tuple[datetime, ...]


def ask(sending: Sending, mail: Candidate, now: datetime) -> Go | Skip | Park:
    """The answer and its reason; what ends a mail for good is asked before what only delays it."""
    return _never(sending, mail) or _later(sending, mail, now) or Go()


def _never(sending: Sending, mail: Candidate) -> Skip | None:
    if mail.demo and sending.real:
        return Skip("demo lead")
    if mail.suppressed:
        return Skip("suppressed")
    if not mail.marketing:
        return None
    if mail.readdressed:
        return Skip("address changed")
    if not mail.enrollment_active:
        return Skip("left the sequence")
    return Skip(mail.refusal) if mail.refusal else None


def _later(sending: Sending, mail: Candidate, now: datetime) -> Park | None:
    if sending.held:
        return Park(None, "sending held")
    if sending.paused_until and sending.paused_until > now:
        return Park(sending.paused_until, "account paused")
    if not mail.marketing:
        return None
    if mail.sequence_paused:
        return Park(None, "paused")
    if mail.opens_at > now:
        return Park(mail.opens_at, "window closed")
    if sending.cap_per_day and len(mail.recent) >= sending.cap_per_day:
        return Park(mail.recent[-sending.cap_per_day] + DAY, "cap reached")
    return None
