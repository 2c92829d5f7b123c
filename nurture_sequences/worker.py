"""`dramatiq nurture_sequences.worker`: the actors of one process, with a pulse beside them."""

from __future__ import annotations

import logging
import os
import signal
import threading
from typing import Any
from uuid import uuid4

import dramatiq
from sqlalchemy.exc import DBAPIError

from funnel import collector, config, import_work, jobs, logs, restoring, retention_work
from funnel.broker import open_broker
from funnel.calling import Caller
from funnel.context import Context
from funnel.crm import installation, partitions
from funnel.crm.personal_data import OWN
from funnel.db import AWAY
from funnel.supervisor.orphans import die_with_parent
from nurture_sequences import membership
from nurture_sequences.actors import Actors
from nurture_sequences.engine import Engine
from nurture_sequences.handing_out import Limits
from nurture_sequences.jobs import KINDS
from nurture_sequences.mailers import open_mailer
from nurture_sequences.personal_data import HOLDINGS
from nurture_sequences.pulse import Pulse

log = logging.getLogger(__name__)

#: chunks of one kind on their way at once, for each thread of this process; with a shared broker, for all
CHUNKS_PER_THREAD = 2
SHARED_CHUNKS = 32
#: how long a chunk waits for a lead that somebody holds, while the other leads in it wait, too
LOCK_SECONDS = 5


class PulseBeside(dramatiq.Middleware):
    """Starts the pulse with the worker's threads, and stops both: first no new work, then what is under way."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.pulse: Pulse | None = None
        self.thread: threading.Thread | None = None
        self.calling: threading.Thread | None = None

    def after_process_boot(self, broker: dramatiq.Broker) -> None:
        """Dramatiq's children would outlive a killed master and go on, watched by nobody, with nowhere to log to.

        A kill is what the engine is made for; a polite stop would hang on that log.
        """
        die_with_parent(signal.SIGKILL)

    def before_worker_boot(self, broker: dramatiq.Broker, worker: Any) -> None:
        """Before anything is taken up. Dramatiq would log an exception and go on without a pulse, so this one ends
        the process: whoever watches it starts it again."""
        if self.engine is None:
            raise SystemExit("the worker booted before it was put together")
        try:
            _start_up(self.engine.context)
        except installation.FingerprintKeyError as error:
            raise SystemExit(str(error)) from None
        except DBAPIError as error:
            raise SystemExit(f"The worker cannot start: {str(error.orig).strip()}") from None
        except OSError as error:
            raise SystemExit(f"The worker cannot start: FUNNEL_HOME/erasures: {error.strerror}") from None

    def after_worker_boot(self, broker: dramatiq.Broker, worker: Any) -> None:
        if self.engine is None or self.pulse is None:
            raise SystemExit("the worker booted before it was put together")
        collector.settle()
        self.thread = threading.Thread(target=self.pulse.run, name="pulse")
        self.thread.start()
        self.calling = threading.Thread(target=Caller(self.engine.context, self.engine.stopping).run, name="webhooks")
        self.calling.start()
        log.info("worker ready", extra={"mailer": self.engine.mailer.name, "scope": self.pulse.limits.scope})

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: Any) -> None:
        if self.engine is not None and self.thread is not None:
            self.engine.stopping.set()
            self.engine.wake()
            self.thread.join()
            if self.calling is not None:
                self.calling.join()

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: Any) -> None:
        if self.engine is not None and self.pulse is not None:
            try:
                with self.engine.context.database.transaction() as session:
                    self.pulse.actors.give_back(session)
            except AWAY as error:  # then the clocks ring by themselves
                log.warning("nothing was given back at the stop", extra={"error": type(error).__name__})
            self.engine.close()


def _start_up(context: Context) -> None:
    with context.database.transaction() as session:
        row = installation.start_up(session, context.settings, context.wall())
    with context.database.transaction() as session:
        partitions.ensure(session, context.now())
    restoring.repeat(context, [*HOLDINGS, *OWN])
    if row.sending_held:
        log.warning("sending is held; `funnel sending start` opens it", extra={"reason": row.sending_held})


def compose(settings: config.Settings) -> dramatiq.Broker:
    """Everything of one worker process, from settings to a broker that `dramatiq` can run."""
    membership.register()
    threads = settings.worker_threads
    context = Context.open(settings, connections=threads + 2, lock_seconds=LOCK_SECONDS)
    engine = Engine(
        context,
        open_mailer(settings, context.database),
        kinds=jobs.listing(
            jobs.KINDS,
            import_work.kinds(settings),
            retention_work.kinds(settings, [*HOLDINGS, *OWN], context.wall),
            KINDS,
        ),
    )
    # What this process writes, its own pulse hands on; the others find it at their next poll.
    context.database.hint = engine.wake
    beside = PulseBeside()
    broker = open_broker(settings.broker_url, [beside])
    own = settings.broker_url is None
    limits = Limits(f"process {uuid4()}" if own else "shared", CHUNKS_PER_THREAD * threads if own else SHARED_CHUNKS)
    beside.engine, beside.pulse = engine, Pulse(engine, Actors(broker, engine, own=own), limits)
    return broker


_settings = config.load(os.environ)
logs.configure(_settings)
broker = compose(_settings)
dramatiq.set_broker(broker)
