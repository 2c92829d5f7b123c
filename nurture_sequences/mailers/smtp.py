"""Any SMTP server: one kept conversation for each thread, and one trip a mail where the server allows pipelining.

A mail is the server's from the moment it answers the final dot with 250 (RFC 5321 section 4.2.5). Before the dot has
left, a failure is `Unavailable`; after it, silence is `Unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import zip_longest
from typing import NamedTuple

from nurture_sequences.mailers.address import impersonal, split_sender
from nurture_sequences.mailers.connections import PerThread
from nurture_sequences.mailers.mime import raw
from nurture_sequences.mailers.protocol import Accepted, Email, Outcome, Refused, Unavailable, Unknown
from nurture_sequences.mailers.smtp_connection import BrokenError, CannotOpenError, Connection, Reply, Server

#: the server wants a login or refuses ours (RFC 4954 section 6)
NOT_LOGGED_IN = frozenset({530, 534, 535, 538})
#: the name that Postfix and Exim give the mail in their answer
_QUEUED = re.compile(r"(?:queued as |id=)([\w.-]+)")


class SmtpMailer:
    """Seconds are wall time; `reply_seconds` is long, since a whole mail may be filtered before it is answered."""

    name = "smtp"
    real = True

    def __init__(
        self,
        url: str,
        *,
        connect_seconds: float = 5,
        reply_seconds: float = 60,
        idle_seconds: float = 60,
    ) -> None:
        server = Server.of(url)
        self._idle_seconds = idle_seconds
        self._connections = PerThread(
            lambda: Connection(server, connect_seconds=connect_seconds, reply_seconds=reply_seconds)
        )

    def send(self, emails: Sequence[Email], may_send: Callable[[], bool]) -> Iterator[tuple[Email, Outcome]]:
        mails = [_written(email) for email in emails]
        for mail, following in zip_longest(mails, mails[1:]):
            if not may_send():
                return
            outcome = self._post(mail, following) if isinstance(mail, _Mail) else mail[1]
            yield mail[0], outcome
            if isinstance(outcome, Unavailable) and outcome.account_wide:
                return

    def close(self) -> None:
        self._connections.close()

    def _post(self, mail: _Mail, following: object) -> Outcome:
        try:
            return self._converse(mail, following)
        except CannotOpenError as error:
            return Unavailable(impersonal(str(error)), None, account_wide=True)
        except BrokenError as error:
            self._connections.drop()
            return Unavailable(f"before the mail was sent: {error}", None, account_wide=False)

    def _converse(self, mail: _Mail, following: object) -> Outcome:
        """A kept conversation that breaks before the mail has left says nothing: a fresh one is tried."""
        kept = self._connections.kept()
        if kept is not None and (kept.asked_for is mail or kept.usable(self._idle_seconds)):
            with suppress(BrokenError):
                return self._transfer(kept, mail, following)
        self._connections.drop()
        return self._transfer(self._connections.get(), mail, following)

    def _transfer(self, connection: Connection, mail: _Mail, following: object) -> Outcome:
        if not _understood(connection, mail):
            return Refused("the server takes ASCII addresses only", None)
        return _envelope(connection, mail) or self._hand_over(connection, mail, following)

    def _hand_over(self, connection: Connection, mail: _Mail, following: object) -> Outcome:
        """The mail itself. The next one is asked for in the same breath where the server allows it: half the trips."""
        ahead = b""
        if isinstance(following, _Mail) and "PIPELINING" in connection.offers and _understood(connection, following):
            ahead, connection.asked_for = following.asking, following
        try:
            connection.write(mail.content + ahead)
        except BrokenError as error:
            if error.written < len(mail.content):
                raise
            return self._silent(error)
        try:
            reply = connection.reply()
        except BrokenError as error:
            return self._silent(error)
        if reply.code == 421 or reply.code // 100 not in (2, 4, 5):
            self._connections.drop()
        return _settled(reply)

    def _silent(self, error: BrokenError) -> Unknown:
        self._connections.drop()
        return Unknown(f"after the mail was sent: {error}")


class _Mail(NamedTuple):
    """A mail as it travels: the commands of its envelope, and its bytes up to the lone dot."""

    email: Email
    commands: tuple[str, str, str]
    content: bytes

    @property
    def asking(self) -> bytes:
        return "".join(f"{command}\r\n" for command in self.commands).encode()


def _written(email: Email) -> _Mail | tuple[Email, Refused]:
    try:
        content = raw(email, datetime.now(UTC)).replace(b"\r\n.", b"\r\n..") + b".\r\n"
    except ValueError as error:
        return email, Refused(f"it cannot be written as a mail: {error}", None)
    _, sender = split_sender(email.sender)
    utf8 = "" if sender.isascii() and email.to.isascii() else " SMTPUTF8"
    return _Mail(email, (f"MAIL FROM:<{sender}>{utf8}", f"RCPT TO:<{email.to}>", "DATA"), content)


def _understood(connection: Connection, mail: _Mail) -> bool:
    return "SMTPUTF8" in connection.offers or not mail.commands[0].endswith(" SMTPUTF8")


def _envelope(connection: Connection, mail: _Mail) -> Outcome | None:
    """Ask for the transfer; None when the server waits for the mail. Leaves the conversation ready for another."""
    if "PIPELINING" in connection.offers:
        if connection.asked_for is not mail:
            connection.write(mail.asking)
        connection.asked_for = None
        replies = [connection.reply() for _ in mail.commands]
    else:
        replies = []
        for command in mail.commands:
            replies.append(connection.ask(command))
            if replies[-1].code >= 400:
                break
    failed = next((n for n, reply in enumerate(replies) if reply.code // 100 != (3 if n == 2 else 2)), None)
    if failed is None:
        return None
    if replies[failed].code == 421:
        raise BrokenError(impersonal(replies[failed].text))
    _withdraw(connection, replies[-1])
    return _failure(replies[failed], at_mail=failed == 0)


def _withdraw(connection: Connection, last: Reply) -> None:
    """A pipelined DATA may have been granted without a recipient: a lone dot ends it (RFC 2920 section 3.1)."""
    if last.code == 354:
        connection.ask(".")
    if connection.ask("RSET").code != 250:
        raise BrokenError("the server would not start anew")


def _settled(reply: Reply) -> Outcome:
    if reply.code // 100 == 2:
        named = _QUEUED.search(reply.text)
        return Accepted(named[1] if named else None)
    if reply.code // 100 not in (4, 5):
        return Unknown(f"the server answered the mail with {impersonal(reply.text)}")
    return _failure(reply, at_mail=False)


def _failure(reply: Reply, *, at_mail: bool) -> Outcome:
    """A 5xx to MAIL FROM speaks of our sender or login, unless it is 552 (RFC 1870: this mail is too large)."""
    reason = impersonal(reply.text)
    if reply.code in NOT_LOGGED_IN or (at_mail and reply.code // 100 == 5 and reply.code != 552):
        return Unavailable(reason, None, account_wide=True)
    if reply.code // 100 == 5:
        return Refused(reason, str(reply.code))
    return Unavailable(reason, None, account_wide=False)
