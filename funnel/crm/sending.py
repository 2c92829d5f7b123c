"""May this installation send at the moment?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from funnel.models import Installation


@dataclass(frozen=True)
class Sending:
    state: Literal["open", "held", "paused"]
    reason: str | None = None
    #: wall time; only a pause has an end
    until: datetime | None = None


def sending(installation: Installation, wall: datetime) -> Sending:
    """Held by a person or a doubt about identity; else paused because the provider asked for it; else open."""
    if installation.sending_held:
        return Sending("held", installation.sending_held)
    if installation.paused_until and installation.paused_until > wall:
        return Sending("paused", installation.paused_reason, installation.paused_until)
    return Sending("open")
