"""How often the API may be called: per token, per user of the app, and per network of those who are neither.

Counted in the memory of each web process, in fixed windows of a minute: a runaway program is stopped without a write to
the database for each read. With several processes a caller gets at least its quota, and at most that of all of them.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from funnel.api.errors import refuse
from funnel.config import Settings
from funnel.doors import client_network, fill_in

EXTENSION = "funnel.limits"
#: seconds of a window
WINDOW = 60


@dataclass(frozen=True)
class Standing:
    """What a caller has left of a quota, as the headers tell it."""

    policy: str
    quota: int
    remaining: int
    #: seconds until the whole quota is there again
    reset: int

    def headers(self) -> dict[str, str]:
        """draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={WINDOW}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.reset}',
        }


class Limits:
    """The quotas of one web process. A quota of 0 is none."""

    def __init__(self, settings: Settings) -> None:
        quotas = {
            "token": settings.rate_per_token,
            "user": settings.rate_per_user,
            "network": settings.rate_per_network,
        }
        self._items: dict[str, RateLimitItem] = {
            policy: RateLimitItemPerMinute(quota, namespace=policy) for policy, quota in quotas.items() if quota
        }
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def count(self, policy: str, who: str) -> tuple[bool, Standing] | None:
        """Count one request: whether it may go on, and what is left. Null when there is no such quota."""
        item = self._items.get(policy)
        if item is None:
            return None
        allowed = self._limiter.hit(item, who)
        left = self._limiter.get_window_stats(item, who)
        reset = max(1, math.ceil(left.reset_time - time.time()))
        return allowed, Standing(policy, item.amount, left.remaining, reset)


def configure(app: Flask, settings: Settings) -> None:
    app.extensions[EXTENSION] = Limits(settings)


def count() -> None:
    """Count this request to its caller, or to the network of a stranger. Ends it with 429 when that was too much."""
    caller = g.get("caller") or f"network {client_network(request.remote_addr)}"
    limits: Limits = current_app.extensions[EXTENSION]
    counted = limits.count(caller.partition(" ")[0], caller)
    if counted is None:
        return
    allowed, g.standing = counted
    if not allowed:
        refuse(429, "too_many_requests", f"Too many requests: try again in {g.standing.reset} seconds.")


def tell(response: Response) -> Response:
    """After each view: what its caller has left."""
    standing: Standing | None = g.get("standing")
    if standing is not None:
        fill_in(response, standing.headers())
        if response.status_code == 429:
            response.headers["Retry-After"] = str(standing.reset)
    return response
