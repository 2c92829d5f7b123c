"""Doing what people asked for now, or later when the database is away."""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import orjson
from flask import current_app
from sqlalchemy.exc import ProgrammingError

from funnel.context import Context
from funnel.crm import erasing, suppressions
from funnel.db import AWAY, is_time_out
from funnel.spool.store import Entry, Store, StoreError

#: seconds between two looks while the database is away, and while all is well (another process may have died)
LOOK_AWAY, LOOK = 1.0, 10.0
#: entries in a row that could not be done now, after which the round is over
PASSED_OVER = 5

log = logging.getLogger(__name__)


class _Kept:
    """The answer that something will be done later. True, as people are thanked for what is kept."""


KEPT = _Kept()


@dataclass(frozen=True)
class Kind:
    """One thing that people do. `act` must be able to tell a repeat, and is told whether it is done late."""

    #: makes of parsed JSON what `act` takes
    read: Callable[[Any], Any]
    #: what to do it with, what, its engine time, whether late
    act: Callable[[Context, Any, datetime, bool], Any]
    #: whose it is, when it carries an address: what was set aside goes with the person
    address: Callable[[Any], str] | None = None


class Spool:
    """Of one web process; the store behind it is the machine's."""

    def __init__(self, context: Context, folder: Path, kinds: Mapping[str, Kind]) -> None:
        self.context, self.store, self._kinds = context, Store(folder), kinds
        self._folder = folder
        self._away = threading.Event()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def away(self) -> bool:
        """Whether the database did not answer when it was last asked: then nobody waits for it again."""
        return self._away.is_set()

    def do(self, kind: str, key: str, told: Any) -> Any:
        """Do it now, and answer what its verb does; or keep it when the database cannot take it: KEPT.

        `key` makes it the only one of its kind. Raises StoreError when it could be neither done nor kept, and what
        the verb raises.
        """
        if not self.away:
            try:
                return self._kinds[kind].act(self.context, told, self.context.now(), False)
            except AWAY as error:
                log.warning("kept for later", extra={"kind": kind, "error": type(error).__name__})
                if not is_time_out(error):
                    self.missed()
        try:
            self.store.put(kind, key, self.context.wall(), orjson.dumps(told))
        except StoreError:
            self._away.clear()  # nothing can be kept: then the next one may find the database back
            raise
        self._wanted.set()
        return KEPT

    def missed(self) -> None:
        """The database did not answer somebody: nobody else waits for it until it does."""
        self._away.set()
        self._wanted.set()

    def watch(self) -> None:
        """Look after what is kept, in a thread of this process, from now on."""
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
                    self._thread.start()

    def drain(self) -> None:
        """Do what is kept, oldest first, until the database is away again."""
        try:
            with self._alone() as alone:
                if alone and self.store.made():
                    if not self._hand_over_all():
                        return
                    self._forget_erased()
        except AWAY as error:  # asked again in the next round
            log.info("what was set aside was not looked at", extra={"error": type(error).__name__})
        except (StoreError, OSError) as error:
            # What is kept has to wait for a person; those who come now need not.
            log.error("the spool cannot be read", extra={"error": str(error)})
        if self._database_answers():
            self._away.clear()

    def _run(self) -> None:
        while True:
            try:
                if self.away or self.store.made():
                    self.drain()
            except Exception:  # the thread must not die: it is what would notice
                log.exception("the spool was not drained")
            self._wanted.wait(LOOK_AWAY if self.away else LOOK)
            self._wanted.clear()

    def _hand_over_all(self) -> bool:
        """False when the database went away. What only took too long is passed over, and comes in the next round."""
        number, done = 0, 0
        while entries := self.store.after(number):
            finished, answered = self._hand_over(entries)
            if finished:
                self.store.remove(finished)
                done += len(finished)
            if not answered:
                break
            self._away.clear()  # who posts from now on need not wait until all the others are through
            number = entries[-1].number
        if done:
            self.store.clean()
            log.info("what was kept is done", extra={"entries": done})
        return not entries

    def _hand_over(self, entries: list[Entry]) -> tuple[list[int], bool]:
        """The numbers of those that are done, and whether the database answered to the end.

        One that the database cannot take now, although it answers, is passed over; several in a row are the database's
        fault.
        """
        finished: list[int] = []
        in_a_row = 0
        for entry in entries:
            try:
                self._act(entry)
            except AWAY as error:
                in_a_row += 1
                if in_a_row == PASSED_OVER or not (is_time_out(error) or self._database_answers()):
                    return finished, False
                log.warning("kept for longer", extra={"entry": entry.number, "error": type(error).__name__})
                continue
            except ProgrammingError:  # the tables are not those of this release yet
                return finished, False
            except Exception as error:  # not its text, which may hold what the person wrote
                reason = type(error).__name__
                log.error("kept in vain", extra={"entry": entry.number, "kind": entry.kind, "error": reason})
                self.store.set_aside(entry.number, reason)
                continue
            in_a_row = 0
            finished.append(entry.number)
        return finished, True

    def _forget_erased(self) -> None:
        """What nobody could do and waits for a person does not outlive whom it is about."""
        theirs = [(entry, self._mark(entry)) for entry in self.store.aside()]
        if not any(mark for _, mark in theirs):
            return
        clock = self.context.clock
        with self.context.database.transaction() as session:
            gone = [
                entry.number
                for entry, mark in theirs
                if mark and erasing.erased_since(session, mark, clock.now(entry.at))
            ]
        if gone:
            self.store.remove(gone)
            self.store.clean()
            log.info("what was set aside went with those erased", extra={"entries": len(gone)})

    def _mark(self, entry: Entry) -> bytes | None:
        kind = self._kinds[entry.kind]
        if kind.address is None:
            return None
        try:
            address = kind.address(kind.read(orjson.loads(entry.body)))
        except (ValueError, KeyError, TypeError):  # that may be why it was set aside
            return None
        return suppressions.fingerprint(address, self.context.settings.fingerprint_key)

    def _act(self, entry: Entry) -> None:
        kind = self._kinds[entry.kind]
        kind.act(self.context, kind.read(orjson.loads(entry.body)), self.context.clock.now(entry.at), True)

    def _database_answers(self) -> bool:
        """Whether it is there, and takes what is written."""
        try:
            with self.context.database.transaction() as session:
                return session.connection().exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
        except AWAY:
            return False

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """One process of the machine drains; the lock goes with it, however it dies."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "drain.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def here() -> Spool:
    """The spool of the application that answers this request."""
    return cast(Spool, current_app.extensions["spool"])
