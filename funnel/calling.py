"""Calling webhooks: beside the pulse, in threads of their own, so that a slow receiver delays neither mail nor others.

PostgreSQL is the queue here, too: a webhook is taken for a while, and rings again when whoever took it died. Each of
its deliveries rings again then, under the same id.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import DBAPIError

from funnel.context import Context
from funnel.crm import webhooks
from funnel.crm.webhooks import TAKEN

log = logging.getLogger(__name__)

#: webhooks called at once by a process
RECEIVERS = 16


class Caller:
    """`run` in a thread: takes webhooks that are due, and gives each a turn in a thread of its own."""

    def __init__(self, context: Context, stopping: threading.Event) -> None:
        self._context, self._stopping = context, stopping
        self._free = threading.BoundedSemaphore(RECEIVERS)
        self._pool = ThreadPoolExecutor(RECEIVERS, thread_name_prefix="webhook")

    def run(self) -> None:
        """Until the stop; then waits for the calls under way."""
        while not self._stopping.is_set():
            try:
                self.look()
            except DBAPIError as error:
                log.warning("the database is away, webhooks wait", extra={"error": str(error.orig).strip()})
            except Exception:  # it is what would notice
                log.exception("looking for webhooks failed")
            self._stopping.wait(self._context.settings.poll_seconds)
        self._pool.shutdown()

    def look(self) -> None:
        """Begin a turn for each webhook that is due, as far as there are threads."""
        free = 0
        while free < RECEIVERS and self._free.acquire(blocking=False):
            free += 1
        taken: list[int] = []
        try:
            if free:
                taken = self._taken(free)
        finally:
            for _ in range(free - len(taken)):
                self._free.release()
        for webhook_id in taken:
            self._pool.submit(self._turn, webhook_id)

    def _taken(self, limit: int) -> list[int]:
        wall = self._context.wall()
        with self._context.database.transaction() as session:
            return webhooks.take(session, wall, wall + TAKEN, limit)

    def _turn(self, webhook_id: int) -> None:
        # Loaded by the first one: most installations call nobody, and a client of HTTP weighs several megabytes.
        from funnel.webhook_turn import turn

        try:
            turn(self._context, webhook_id, self._stopping.is_set)
        except Exception:  # it rings again when the time it was taken for is over
            log.exception("a webhook's turn failed", extra={"webhook": webhook_id})
        finally:
            self._free.release()
