"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost.

A code opens once: the time step of the last one that did is kept, and it and older ones open nothing any more.
Times are wall times; `keys` are the installation's secret keys, with which the app's secret is sealed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from funnel import sealing
from funnel.models import RecoveryCode, User

#: seconds of one time step (RFC 6238, section 5.2), and how many steps a clock may be wrong either way
STEP, DRIFT = 30, 1
#: how many recovery codes there are; each is 80 random bits, as four groups of letters and digits
CODES = 10
_PURPOSE = "second factor"
_NOT_IN_CODES = re.compile(r"[^A-Z2-7]")


class FactorOnError(Exception):
    """This user has a second factor already: it has to be removed first."""


class WrongCodeError(Exception):
    """This code opens nothing: it is wrong, too old, or was used before."""


def start(user: User, keys: Sequence[bytes]) -> str:
    """A new secret for the authenticator app, in base32. It asks nobody for a code before `confirm`.

    Raises FactorOnError.
    """
    if user.factor_at:
        raise FactorOnError
    secret = pyotp.random_base32()
    user.factor, user.factor_step = sealing.seal(keys, _PURPOSE, secret.encode()), None
    return secret


def address(user: User, secret: str) -> str:
    """What the QR code says (`otpauth://`)."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Funnel")


def confirm(session: Session, user: User, code: str, keys: Sequence[bytes], now: datetime) -> list[str]:
    """The app shows the right codes: from now on signing in asks for one. Returns the recovery codes.

    Raises WrongCodeError, FactorOnError.
    """
    if user.factor_at:
        raise FactorOnError
    step = _step_of(user, code, keys, now)
    if step is None:
        raise WrongCodeError
    user.factor_at, user.factor_step = now, step
    return renew_codes(session, user)


def check(session: Session, user: User, code: str, keys: Sequence[bytes], now: datetime) -> None:
    """Take a code of the app, or a recovery code. Each opens once, whoever comes at the same time.

    Raises WrongCodeError.
    """
    step = _step_of(user, code, keys, now) if user.factor_at else None
    if step is None:
        _take_recovery_code(session, user, code)
        return
    newer = or_(User.factor_step.is_(None), User.factor_step < step)
    taken = update(User).where(User.id == user.id, newer).values(factor_step=step).returning(User.id)
    if session.execute(taken, execution_options={"synchronize_session": False}).first() is None:
        raise WrongCodeError
    session.refresh(user)


def renew_codes(session: Session, user: User) -> list[str]:
    """New recovery codes, shown once; the old ones open nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(CODES)]
    session.execute(insert(RecoveryCode), [{"user_id": user.id, "digest": _digest(code)} for code in codes])
    return ["-".join(code[place : place + 4] for place in range(0, 16, 4)) for code in codes]


def codes_left(session: Session, user: User) -> int:
    """How many recovery codes were not used yet."""
    return session.scalar(select(func.count()).where(RecoveryCode.user_id == user.id)) or 0


def remove(session: Session, user: User) -> None:
    """Signing in asks for no code any more."""
    user.factor = user.factor_at = user.factor_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _step_of(user: User, code: str, keys: Sequence[bytes], now: datetime) -> int | None:
    """The time step that the app shows this code in, if that is about now."""
    given = re.sub(r"\s", "", code)
    if user.factor is None or not re.fullmatch(r"[0-9]{6}", given):
        return None
    try:
        app = pyotp.TOTP(sealing.unseal(keys, _PURPOSE, user.factor).decode())
    except sealing.SealError:
        return None  # a recovery code, or an admin, still helps
    here = int(now.timestamp()) // STEP
    steps = range(here - DRIFT, here + DRIFT + 1)
    # Every step is tried, so that the time taken tells nothing.
    right = [step for step in steps if hmac.compare_digest(app.generate_otp(step), given)]
    return right[-1] if right else None


def _take_recovery_code(session: Session, user: User, code: str) -> None:
    mine = (RecoveryCode.user_id == user.id, RecoveryCode.digest == _digest(code))
    if session.scalar(delete(RecoveryCode).where(*mine).returning(RecoveryCode.user_id)) is None:
        raise WrongCodeError


def _digest(code: str) -> bytes:
    """However it is written: small letters, blanks and hyphens do not matter."""
    return hashlib.sha256(_NOT_IN_CODES.sub("", code.upper()).encode()).digest()
