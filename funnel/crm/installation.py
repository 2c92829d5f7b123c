"""What an installation knows of itself: its clock, whose database this is, and whether it may send."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from funnel.clock import EngineClock
from funnel.config import Settings
from funnel.models import Installation

#: hosts that say nothing about where an installation stands
LOCAL = ("http://127.0.0.1", "http://localhost")


class FingerprintKeyError(RuntimeError):
    """FINGERPRINT_KEY is not the key this database was filled with: its suppressions would not be recognised.

    Start with the original key (see keys.env in the old FUNNEL_HOME).
    """


def read(session: Session) -> Installation:
    """The one row, as it stands now."""
    return session.execute(select(Installation).execution_options(populate_existing=True)).scalar_one()


def start_up(session: Session, settings: Settings, wall: datetime) -> Installation:
    """Called by each process that sends, before it does: is this the right key, the right place, the right time?

    Sending is held when the database was copied or moved elsewhere, or when nothing ran for longer than the
    catch-up limit, until a person confirms with `funnel sending start`. A local mailbox reaches nobody, so a
    long silence does not hold it. Raises FingerprintKeyError.
    """
    row = session.execute(select(Installation).with_for_update()).scalar_one()
    _check_fingerprint_key(row, settings.fingerprint_key)
    here = place(session, settings)
    if row.identity is None:
        row.identity = here
    elif row.identity != here:
        row.sending_held = row.sending_held or "this database was copied or moved from another installation"
    silence = timedelta(seconds=settings.catch_up_seconds)
    if settings.mailer != "mailbox" and row.pulse_at and wall - row.pulse_at > silence:
        row.sending_held = row.sending_held or f"nothing ran since {row.pulse_at:%Y-%m-%d %H:%M} UTC"
    row.pulse_at = wall
    session.flush()
    return row


def place(session: Session, settings: Settings) -> str:
    """A fingerprint of where this database stands: server, database name, public address, embedded folder."""
    server = session.execute(text("SELECT system_identifier, current_database() FROM pg_control_system()")).one()
    address = "" if settings.public_url.startswith(LOCAL) else settings.public_url
    folder = str(settings.home) if settings.database_embedded else ""
    return hashlib.sha256("\n".join([str(server[0]), server[1], address, folder]).encode()).hexdigest()


def hold_sending(session: Session, reason: str) -> None:
    """Stop all mail of this installation until a person opens it again; what is queued stays queued."""
    session.execute(update(Installation).values(sending_held=reason))


def open_sending(session: Session, settings: Settings, wall: datetime) -> None:
    """A person confirms: this is the place to send from, now. The held messages follow in the pulse's own pace."""
    session.execute(
        update(Installation).values(
            sending_held=None,
            paused_until=None,
            paused_reason=None,
            identity=place(session, settings),
            pulse_at=wall,
        )
    )
    session.info["hint"] = True


def require_factor(session: Session, required: bool) -> None:
    """Whether everybody who signs in with a password needs a second factor."""
    session.execute(update(Installation).values(factor_required=required))


def pause_account(session: Session, until: datetime, reason: str) -> None:
    """The provider wants nothing from this account before `until` (wall time); the longest pause wins."""
    longest = text("greatest(coalesce(paused_until, '-infinity'), :until)").bindparams(until=until)
    session.execute(update(Installation).values(paused_until=longest, paused_reason=reason))


def set_speed(session: Session, speed: float, wall: datetime) -> tuple[EngineClock, EngineClock]:
    """Make engine time run `speed` times faster from now on; it goes on from where it stands.

    Returns the clock before and after. They are the same when the speed is.
    """
    row = session.execute(select(Installation).with_for_update()).scalar_one()
    before = after = EngineClock(row.wall_origin, row.engine_origin, row.speed)
    if before.speed != speed:
        after = before.with_speed(speed, wall)
        row.wall_origin, row.engine_origin, row.speed = after.wall_origin, after.engine_origin, speed
        session.flush()
    return before, after


def _check_fingerprint_key(row: Installation, key: bytes) -> None:
    check = hmac.digest(key, b"funnel fingerprint key", "sha256")
    if row.fingerprint_check is None:
        row.fingerprint_check = check
    elif not hmac.compare_digest(row.fingerprint_check, check):
        raise FingerprintKeyError(" ".join((FingerprintKeyError.__doc__ or "").split()))
