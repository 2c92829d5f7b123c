"""What every door needs of the request it answers: the context, the caller, one more try."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TypeVar, cast

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from funnel.context import Context
from funnel.db import once_more

T = TypeVar("T")


def current() -> Context:
    """The context of the application that answers this request."""
    return cast(Context, current_app.extensions["funnel"])


def engine_now() -> datetime:
    """Engine time: what a lead's story is told in."""
    return current().now()


def in_transaction(work: Callable[[Session], T]) -> T:
    """Run `work` in one transaction, and once more when its connection proves to be dead (`db.once_more`)."""
    return once_more(current().database.transaction, work)


@lru_cache(maxsize=4096)
def client_network(address: str | None) -> str | None:
    """The caller's network, /24 or /48: enough as a proof of consent, too little to follow a person.

    Null when the server did not say who called (a Unix socket).
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def fill_in(response: Response, headers: Mapping[str, str]) -> None:
    """Add headers to an answer; what its view has set stays."""
    present = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in headers.items() if name.lower() not in present])


def wants_json() -> bool:
    """Whether the caller is a program: it sent JSON, or asks for JSON and not for a page."""
    if request.mimetype == "application/json":
        return True
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json"
