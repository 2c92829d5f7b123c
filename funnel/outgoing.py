"""Addresses that people typed and we call: only where the policy allows."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias
from urllib.parse import urlsplit

from ssrfguard import Policy, SSRFGuardError

Network: TypeAlias = IPv4Network | IPv6Network


def refusal(url: str, allowed: tuple[Network, ...]) -> str | None:
    """Why no call can be made to this address, as far as it can be told without looking its name up; None: it can."""
    try:
        policy(url, allowed).check_url(url)
    except (SSRFGuardError, ValueError) as error:
        return str(error)
    return None


def policy(url: str, allowed: tuple[Network, ...]) -> Policy:
    """https on port 443 and public addresses; once the operator allows private networks, http and other ports, too."""
    port = urlsplit(url).port if allowed else None
    return Policy(
        allowed_schemes=frozenset({"https", "http"} if allowed else {"https"}),
        allowed_ports=frozenset({443, 80, port} if port else {443, 80} if allowed else {443}),
        allowed_networks=allowed,
        max_connection_attempts=2,
    )
