"""Slow guessing: after five failures an account, or an address, waits before its next try.

Kept in PostgreSQL rather than in memory, because an installation has many web processes: in memory each would grant
five guesses of its own, and a restart five more. Failures are rare, so the rows cost nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.models import LoginAttempts

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
#: after so long without a failure, the count starts again
FADES_AFTER = timedelta(hours=1)

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


def attempt_key(secret: bytes, kind: str, value: str) -> bytes:
    """Stands for an account or an address without telling which."""
    return hmac.digest(secret, f"login {kind} {value}".encode(errors="replace"), "sha256")


def admit(session: Session, keys: Sequence[bytes], wall: datetime) -> timedelta:
    """Count an attempt as a failure before its password is looked at; `forgive` takes it back.

    Returns how long (wall time) the caller has to wait; zero when the attempt may go on. An attempt that has to
    wait is not counted. Counting first means that a hundred guesses at once get no more than five answers.
    """
    for key in sorted(keys):
        session.execute(_LOCK, {"key": key.hex()})
    waits = [_wait_left(row, wall) for row in _rows(session, keys)]
    if wait := max(waits, default=timedelta(0)):
        return wait
    for key in sorted(keys):
        _count(session, key, wall)
    return timedelta(0)


def forgive(session: Session, account: bytes, address: bytes, wall: datetime) -> None:
    """The password was right: the account starts afresh, the address gets its attempt back; old rows go."""
    session.execute(delete(LoginAttempts).where(LoginAttempts.key == account))
    back = update(LoginAttempts).where(LoginAttempts.key == address, LoginAttempts.failures > 0)
    session.execute(back.values(failures=LoginAttempts.failures - 1))
    session.execute(delete(LoginAttempts).where(LoginAttempts.last_at < wall - FADES_AFTER))


def wait_after(failures: int) -> timedelta:
    """Pure: how long the next try waits after so many failures in a row."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _rows(session: Session, keys: Sequence[bytes]) -> Sequence[LoginAttempts]:
    rows = select(LoginAttempts).where(LoginAttempts.key.in_(keys)).execution_options(populate_existing=True)
    return session.scalars(rows).all()


def _wait_left(row: LoginAttempts, wall: datetime) -> timedelta:
    if row.last_at < wall - FADES_AFTER:
        return timedelta(0)
    return max(row.last_at + wait_after(row.failures) - wall, timedelta(0))


def _count(session: Session, key: bytes, wall: datetime) -> None:
    row = insert(LoginAttempts).values(key=key, failures=1, last_at=wall)
    failures = case((LoginAttempts.last_at < wall - FADES_AFTER, 1), else_=LoginAttempts.failures + 1)
    session.execute(row.on_conflict_do_update(index_elements=["key"], set_={"failures": failures, "last_at": wall}))
