"""Password hashes: argon2id, by the parameters that OWASP's password storage cheat sheet names first.

19 MiB and two passes take some 30 ms of one core; the memory is what makes guessing dear, and little enough for a
machine of 512 MiB, because one process hashes one password at a time.
"""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from werkzeug.security import check_password_hash

#: characters; longer ones are refused before any work is done on them
SHORTEST, LONGEST = 10, 1024

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: hashes of earlier releases; they are read, and made anew at the next sign-in
_OLD = "scrypt:"
# A burst of logins would take all memory.
_one_hash = threading.Lock()


class WeakPasswordError(ValueError):
    """The password is too short or too long."""


def check_strength(password: str) -> None:
    """Raises WeakPasswordError. Length is all that is asked for (NIST SP 800-63B, section 5.1.1.2)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPasswordError(f"A password has {SHORTEST} to {LONGEST} characters.")


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _one_hash:
        return _HASHER.hash(password.encode(errors="replace"))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password that `kept` was made of. Without one it takes as long, and is false."""
    given = password[:LONGEST]
    with _one_hash:
        right = _check(kept or _nobodys(), given)
    return right and kept is not None and len(password) <= LONGEST


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return kept.startswith(_OLD) or _HASHER.check_needs_rehash(kept)


def _check(kept: str, password: str) -> bool:
    if kept.startswith(_OLD):
        return check_password_hash(kept, password)
    try:
        return _HASHER.verify(kept, password.encode(errors="replace"))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe())
