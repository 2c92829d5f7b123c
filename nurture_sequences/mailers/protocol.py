"""What a mailer is: it takes ready-made mails and says of each which of four things became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Email:
    """One mail to one address, ready to leave: nothing in it is decided any more."""

    message_id: UUID
    to: str
    #: RFC 5322 mailbox: `Name <address>` or a bare address; its domain is that of the Message-ID
    sender: str
    subject: str
    text: str
    html: str | None
    #: further headers, ready-made: List-Unsubscribe, List-Unsubscribe-Post...
    headers: Mapping[str, str]
    #: key of the sequence, for the provider's statistics; never personal
    category: str | None
    #: engine time
    at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it; `provider_id` is its own name for the mail."""

    provider_id: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """This message will never go: fail it. `code` is the provider's, such as `400` or `550`."""

    reason: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Certainly not taken: try later. An account-wide one holds for every other mail as well."""

    reason: str
    #: wall seconds, when the provider named a time
    retry_after: float | None
    account_wide: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been taken: never to be repeated blindly."""

    reason: str


Outcome = Accepted | Refused | Unavailable | Unknown


class Mailer(Protocol):
    """Hands mails to a provider. One mailer is used from several threads; each has a connection of its own."""

    @property
    def name(self) -> str:
        """The word that `messages.provider` holds."""

    @property
    def real(self) -> bool:
        """Whether it reaches people; False for the local mailbox."""

    def send(self, emails: Sequence[Email], may_send: Callable[[], bool]) -> Iterator[tuple[Email, Outcome]]:
        """Post one mail after the other and tell the outcome of each as it is known.

        `may_send` is asked before each mail; at its first no, and after an account-wide Unavailable, the iteration
        ends: what was not yielded was not posted, and is the caller's to give back. Never raises for a fault of
        the provider, the network or the mail.
        """

    def close(self) -> None:
        """Close the connections of all threads; called when nobody sends any more."""


def one_by_one(
    emails: Sequence[Email], may_send: Callable[[], bool], post: Callable[[Email], Outcome]
) -> Iterator[tuple[Email, Outcome]]:
    """The iteration that `Mailer.send` promises, for a mailer that posts each mail by itself."""
    for email in emails:
        if not may_send():
            return
        outcome = post(email)
        yield email, outcome
        if isinstance(outcome, Unavailable) and outcome.account_wide:
            return
