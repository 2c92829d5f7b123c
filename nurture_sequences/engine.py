"""What the worker's rooms share: the context, the mailer, and how to wake the pulse of this process."""

from __future__ import annotations

import logging
import socket
import threading
import weakref
from dataclasses import dataclass, field

from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import TransactionRollbackError
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError

from funnel.context import Context
from funnel.jobs import Kinds
from nurture_sequences.mailers import Mailer
from nurture_sequences.postings import Postings

log = logging.getLogger(__name__)


class Waker:
    """Wakes the one thread that sleeps on `fileno()`; waking it twice is waking it once."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        for end in (self._reader, self._writer):
            weakref.finalize(self, end.close)

    def fileno(self) -> int:
        return self._reader.fileno()

    def __call__(self) -> None:
        try:
            self._writer.send(b"!")
        except BlockingIOError:
            pass  # the buffer is full of wake-ups already
        except OSError:
            pass  # the pulse has gone; so has the need to wake it

    def clear(self) -> None:
        try:
            while self._reader.recv(4096):
                pass
        except BlockingIOError:
            pass

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


@dataclass
class Engine:
    context: Context
    mailer: Mailer
    wake: Waker = field(default_factory=Waker)
    #: set when the process is asked to stop: nothing new is taken up, unsent mail is given back
    stopping: threading.Event = field(default_factory=threading.Event)
    #: the jobs that can be asked for
    kinds: Kinds = field(default_factory=dict)
    postings: Postings = field(init=False)

    def __post_init__(self) -> None:
        self.postings = Postings(self.context.settings.home)

    def close(self) -> None:
        """When no thread works with it any more."""
        self.mailer.close()
        self.wake.close()


def is_contention(error: BaseException) -> bool:
    """Did it fail because somebody else holds what it wanted: a deadlock, or a lock that did not come free in time?"""
    return isinstance(error, DBAPIError) and isinstance(error.orig, TransactionRollbackError | LockNotAvailable)


def is_poison(error: BaseException) -> bool:
    """Does this error belong to a row, rather than to a database that is away, a deadlock, or a full disk?"""
    if isinstance(error, OperationalError | TimeoutError | OSError):
        return False
    return not (isinstance(error, DBAPIError) and error.connection_invalidated)
