"""What a choice made on our own pages is proved with."""

from __future__ import annotations

from flask import request

from funnel.crm.consents import Proof
from funnel.doors import client_network
from funnel.landing.words import language

#: characters kept of a browser's name
USER_AGENT = 300


def user_agent() -> str | None:
    """The caller's browser as it calls itself, cut short."""
    return request.headers.get("User-Agent", "")[:USER_AGENT] or None


def proof(channel: str) -> Proof:
    """This request as the proof of a choice. The page is left out: its address carries the person's token."""
    return Proof(channel, None, language(), client_network(request.remote_addr), user_agent())
