"""What a verb says when it cannot do what was asked; each door puts it in its own words."""

from __future__ import annotations


class TakenError(Exception):
    """Something else has this key already."""


class StaleError(Exception):
    """It was changed since the caller read it."""


class RepeatedError(Exception):
    """This very submission was written before. Nothing of it may be written again: leave the transaction."""


class OverError(Exception):
    """It ended before; nothing about it can be changed any more."""


class KnownLeadError(Exception):
    """This address is a lead's already."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(f"lead {lead_id} has this address")
        self.lead_id = lead_id
