"""What other packages show through this one; filled when their doors are registered, read by ours.

`funnel` never imports `nurture_sequences`, yet the page of a lead shows its sequences and the metrics their clocks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from flask.sansio.app import App
from sqlalchemy.orm import Session

from funnel.metrics import Gauge


class Word(str):
    """Text that the pages put into the reader's language; other text is shown as it is."""

    __slots__ = ()


@dataclass(frozen=True)
class Panel:
    """A table on the page of a lead; a cell is text, a Word or an engine time (None: nothing to say)."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str | datetime | None]]


@dataclass(frozen=True)
class Tab:
    """An entry of the main navigation."""

    label: str
    endpoint: str


@dataclass
class Extensions:
    gauges: list[Gauge] = field(default_factory=list)
    #: called with the session, the lead's id, engine time
    lead_panels: list[Callable[[Session, int, datetime], Panel]] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)


def of(app: App) -> Extensions:
    """What was added to this application."""
    found: Extensions = app.extensions.setdefault("funnel.extensions", Extensions())
    return found


def here() -> Extensions:
    """What was added to the application that answers this request."""
    return of(current_app)
