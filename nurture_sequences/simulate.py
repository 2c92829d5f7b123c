"""Pure: one invented lead walked through a sequence on a virtual clock, by the machine itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from funnel.conditions import Subject
from nurture_sequences.definition import Program


class Moment(NamedTuple):
    at: datetime
    step: str | None
    #: what happened, in a few words
    what: str
    why: str


def simulate(
    program: Program,
    subject: Subject,
    start: datetime,
    *,
    send_delay: timedelta = timedelta(),
    zone: str | None = None,
    most: int = 1000,
) -> list[Moment]:
    """What the sequence does to this lead from `start` on, in order; at most `most` moments.

    Every mail is accepted `send_delay` after the window (in `zone`, the lead's) lets it go; nothing else happens.
    """
    raise NotImplementedError
