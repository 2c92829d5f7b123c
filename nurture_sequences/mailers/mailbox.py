"""The local mailbox: mails become rows that anyone can read in the app, until a provider is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from funnel.db import Database
from funnel.models import MailboxMail
from nurture_sequences.mailers.mime import headers
from nurture_sequences.mailers.protocol import Accepted, Email, Outcome, Refused, Unavailable


class LocalMailbox:
    """Keeps each message once, whatever is repeated: so a failure to write is never in doubt."""

    name = "mailbox"
    real = False

    def __init__(self, database: Database) -> None:
        self._database = database

    def send(self, emails: Sequence[Email], may_send: Callable[[], bool]) -> Iterator[tuple[Email, Outcome]]:
        """All mails of one call are written in one transaction."""
        rows: dict[int, dict[str, Any]] = {}
        outcomes: list[tuple[Email, Outcome]] = []
        for number, email in enumerate(emails):
            if not may_send():
                break
            try:
                rows[number] = _row(email)
                outcomes.append((email, Accepted(str(email.message_id))))
            except ValueError as error:
                outcomes.append((email, Refused(f"it cannot be written as a mail: {error}", None)))
        failure = self._write(list(rows.values()))
        yield from (
            (email, failure or outcome) if n in rows else (email, outcome)
            for n, (email, outcome) in enumerate(outcomes)
        )

    def close(self) -> None:
        """Nothing to close: the database is its owner's."""

    def _write(self, rows: Sequence[dict[str, Any]]) -> Unavailable | None:
        if not rows:
            return None
        try:
            with self._database.transaction() as session:
                session.execute(insert(MailboxMail).on_conflict_do_nothing(index_elements=["message_id"]), rows)
        except DBAPIError as error:
            return Unavailable(
                f"the mailbox could not be written: {type(error.orig).__name__}", None, account_wide=True
            )
        return None


def _row(email: Email) -> dict[str, Any]:
    """Raises ValueError for what PostgreSQL, or no mail, can hold."""
    if "\0" in email.text or "\0" in (email.html or ""):
        raise ValueError("its text holds a NUL character")
    email.text.encode()
    (email.html or "").encode()
    return {
        "message_id": email.message_id,
        "to": email.to,
        "sender": email.sender,
        "subject": email.subject,
        "text": email.text,
        "html": email.html,
        "headers": headers(email, email.at),
        "at": email.at,
    }
