"""What other packages show through this one; filled when their doors are registered, read by ours.

`funnel` never imports `nurture_sequences`, yet its metrics tell how late the clocks of sequences are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app
from flask.sansio.app import App

from funnel.metrics import Gauge


@dataclass
class Extensions:
    gauges: list[Gauge] = field(default_factory=list)


def of(app: App) -> Extensions:
    """What was added to this application."""
    found: Extensions = app.extensions.setdefault("funnel.extensions", Extensions())
    return found


def here() -> Extensions:
    """What was added to the application that answers this request."""
    return of(current_app)
