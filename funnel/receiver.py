"""Calling a receiver: the address that was checked is the one called, and no redirect is followed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import httpx
from ssrfguard import SSRFGuardError
from ssrfguard.httpx import Client

from funnel.outgoing import Network, policy

#: seconds: to connect, for each read, and for the whole answer
CONNECT, READ, WHOLE = 5.0, 15.0, 20.0
#: bytes of an answer that are read
MOST = 1024
#: connections kept to one receiver
CONNECTIONS = 4


@dataclass(frozen=True)
class Answer:
    """`status` is None when there was no answer, and `error` says why."""

    status: int | None
    error: str | None
    #: its first kilobyte
    text: str
    seconds: float
    retry_after: timedelta | None = None

    @property
    def ok(self) -> bool:
        """Only 2xx is; a redirect is not followed, and no success."""
        return self.status is not None and 200 <= self.status < 300


class Line:
    """Connections to one receiver, kept for as long as the block runs. Threads may share it."""

    def __init__(self, url: str, allowed: tuple[Network, ...]) -> None:
        self._url = url
        self._client = Client(
            policy=policy(url, allowed),
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(READ, connect=CONNECT),
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._client.close()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post it. Whatever goes wrong is an answer, too."""
        started = time.monotonic()
        try:
            with self._client.stream("POST", self._url, content=body, headers=dict(headers)) as response:
                text = _first(response, started + WHOLE)
        except SSRFGuardError as error:
            return Answer(None, f"not allowed: {error}"[:500], "", time.monotonic() - started)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Answer(None, f"{type(error).__name__}: {error}"[:500], "", time.monotonic() - started)
        asked = _retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        return Answer(response.status_code, None, text, time.monotonic() - started, asked)


def _first(response: httpx.Response, end: float) -> str:
    read = b""
    for piece in response.iter_bytes(MOST):
        read += piece
        if len(read) >= MOST or time.monotonic() > end:
            break
    return read[:MOST].decode("utf-8", "replace").replace("\x00", "")


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or a date, as RFC 9110 has it; anything else counts as nothing."""
    if not value:
        return None
    if value.isascii() and value.isdigit() and len(value) < 10:
        return timedelta(seconds=int(value))
    try:
        return max(parsedate_to_datetime(value) - now, timedelta(0))
    except (ValueError, TypeError):
        return None
