"""Mail leaves: claim, render, send, record, in bites of about a twentieth of a second."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from funnel import metrics
from nurture_sequences import outcomes, settling
from nurture_sequences.claims import Claim, claim
from nurture_sequences.engine import Engine, is_contention, is_poison
from nurture_sequences.mailers import Email, Refused
from nurture_sequences.outcomes import Sent
from nurture_sequences.postings import Note
from nurture_sequences.rendering import render

log = logging.getLogger(__name__)

#: a bite is what goes on the wire in this time (wall seconds), so that a kill leaves little in doubt
BITE_SECONDS = 0.05
LARGEST_BITE = 200
#: a bite that takes this long is ended, so that one slow answer does not keep the others from being written down
LONGEST_BITE_SECONDS = 4 * BITE_SECONDS
#: how long to go on trying to write down what a provider said, while the database is away (wall seconds)
RECORD_PATIENCE = 300.0

_GIVE_BACK = text("UPDATE messages SET due_at = :now WHERE id = ANY (:ids) AND status = 'queued' AND held IS NULL")


class HeldError(Exception):
    """Somebody holds a lead for longer than an outcome can wait to be written down."""


class Pace(threading.local):
    """How long one mail takes on this thread's connection, as a moving average: it sizes the next bite."""

    def __init__(self) -> None:
        self.seconds = BITE_SECONDS  # the first bite is one mail: who has sent nothing yet knows nothing

    def bite(self) -> int:
        return max(1, min(LARGEST_BITE, int(BITE_SECONDS / max(self.seconds, 1e-6))))

    def learn(self, seconds: float, mails: int) -> None:
        if mails:
            self.seconds += (seconds / mails - self.seconds) / 2


_pace = Pace()


def deliver(engine: Engine, ids: Sequence[UUID], deadline: datetime) -> None:
    """Send those of these queued mails that may go, until `deadline` (wall time); give back the rest.

    Each mail is claimed in one transaction, posted with none open, and recorded in another. When the database is away
    the chunk fails: what was not claimed gets its clock back with the chunk (`failed_chunks`).
    """
    remaining = list(ids)
    while remaining and not engine.stopping.is_set() and engine.context.wall() < deadline:
        bite = remaining[: _pace.bite()]
        _bite(engine, bite)
        del remaining[: len(bite)]
    if remaining:
        _persist(lambda session: session.execute(_GIVE_BACK, {"ids": remaining, "now": engine.context.now()}), engine)


def _bite(engine: Engine, ids: Sequence[UUID]) -> None:
    try:
        claimed = _claim(engine, ids)
    except Exception as error:
        if not is_poison(error):
            raise
        _alone(engine, ids, error)
        return
    if claimed.mails:
        sent = _send(engine, claimed)
        _record(engine, claimed, sent)
        for outcome, number in Counter(type(outcome).__name__.lower() for _, outcome in sent.outcomes).items():
            metrics.count_messages(outcome, number)


def _alone(engine: Engine, ids: Sequence[UUID], error: Exception) -> None:
    """A bite that cannot be claimed is tried mail by mail; the one at fault is set aside with the reason."""
    if len(ids) > 1:
        for one in ids:
            _bite(engine, [one])
        return
    log.error("a mail was set aside", extra={"message_id": str(ids[0])}, exc_info=error)
    _persist(lambda session: settling.set_aside(session, ids[0], type(error).__name__), engine)


def _claim(engine: Engine, ids: Sequence[UUID], *, free: bool = False) -> Claim:
    context, claim_id = engine.context, uuid4()
    engine.postings.note().write(claim_id, ids)
    try:
        with context.database.transaction() as session:
            return claim(session, engine, claim_id, ids, context.now(), free=free)
    except DBAPIError as error:
        # The commit may have been done although nobody could say so. Nothing was posted, so nothing is in doubt.
        _persist(lambda session: settling.give_back(session, ids, claim_id, context.now()), engine)
        if free or not is_contention(error):
            raise
        log.warning(
            "leads are held by somebody, the mails of the others go", extra={"error": type(error.orig).__name__}
        )
    return _claim(engine, ids, free=True)


def _send(engine: Engine, claimed: Claim) -> Sent:
    sent, emails = Sent(), []
    for mail in claimed.mails:
        email = _rendered(engine, claimed, mail)
        if isinstance(email, Email):
            emails.append(email)
        else:
            sent.outcomes.append((mail.id, email))
    note, started = engine.postings.note(), time.monotonic()
    first = [email.message_id for email in emails]
    note.write(claimed.id, first + [message_id for message_id, _ in sent.outcomes])
    may_send = _until(engine, note, claimed.send_by, started + LONGEST_BITE_SECONDS)
    posted = [(email.message_id, outcome) for email, outcome in engine.mailer.send(emails, may_send)]
    _pace.learn(time.monotonic() - started, len(posted))
    sent.outcomes += posted
    answered = {message_id for message_id, _ in sent.outcomes}
    sent.unsent = [mail.id for mail in claimed.mails if mail.id not in answered]
    return sent


def _rendered(engine: Engine, claimed: Claim, mail: Any) -> Email | Refused:
    try:
        lead, program = claimed.leads.get(mail.lead_id), claimed.programs.get(mail.version_id)
        return render(engine.context, mail, lead, program, engine.context.now())
    except Exception as error:  # a template's fault belongs to its mail alone
        log.exception("a mail could not be rendered", extra={"message_id": str(mail.id)})
        return Refused(f"not rendered: {type(error).__name__}", None)


def _until(engine: Engine, note: Note, send_by: datetime, end: float) -> Callable[[], bool]:
    """What a mailer asks before each mail; a yes is noted. `end` is on the monotonic clock."""

    def may_send() -> bool:
        if engine.stopping.is_set() or engine.context.wall() >= send_by or time.monotonic() >= end:
            return False
        note.begin()
        return True

    return may_send


class _Patience:
    """What a provider said must not be forgotten because the database restarts, or because somebody holds a lead: try
    again until it is written."""

    def __init__(self) -> None:
        self._give_up, self._pause = time.monotonic() + RECORD_PATIENCE, 0.05

    def wait(self, error: Exception) -> None:
        """Before the next try; raises the error when there shall be none."""
        if time.monotonic() > self._give_up:
            raise error
        log.warning("outcomes not recorded yet", extra={"error": type(getattr(error, "orig", error)).__name__})
        time.sleep(self._pause)
        self._pause = min(self._pause * 2, 2.0)


def _persist(write: Callable[[Session], object], engine: Engine) -> None:
    patience = _Patience()
    while True:
        try:
            with engine.context.database.transaction() as session:
                write(session)
            return
        except DBAPIError as error:
            patience.wait(error)


def _record(engine: Engine, claimed: Claim, sent: Sent) -> None:
    """Whose lead somebody holds waits for that; the others of the bite do not."""
    patience, free = _Patience(), False
    while sent:
        try:
            with engine.context.database.transaction() as session:
                left = outcomes.record(session, engine, claimed, sent, free=free)
        except DBAPIError as error:
            free = is_contention(error)
            patience.wait(error)
        else:
            sent = left
            if sent:
                patience.wait(HeldError("leads of these mails are held by somebody"))
