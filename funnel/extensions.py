"""What other packages show through this one; filled when their doors are registered, read by ours.

`funnel` never imports `nurture_sequences`, yet its metrics tell how late the clocks of sequences are, whoever is
invited gets a mail, and a lead that is merged takes its enrollments along.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from flask import current_app
from flask.sansio.app import App
from sqlalchemy.orm import Session

from funnel.crm.bulk import Action
from funnel.crm.followers import Follower
from funnel.crm.personal_data import OWN, Holding
from funnel.exports import Table
from funnel.metrics import Gauge

#: queues a mail that carries a user's link: given the session, the link's id and kind, the address, the language and
#: the engine's time
SendLink: TypeAlias = Callable[[Session, UUID, str, str, str, datetime], None]


@dataclass
class Extensions:
    gauges: list[Gauge] = field(default_factory=list)
    #: None where nothing sends mail
    send_link: SendLink | None = None
    #: what else goes over when leads are merged
    followers: list[Follower] = field(default_factory=list)
    #: what else can be done with many leads at once
    bulk_actions: dict[str, Action] = field(default_factory=dict)
    #: what can be exported beside the tables of this package
    tables: list[Table] = field(default_factory=list)
    #: where other packages keep data of leads
    personal_data: list[Holding] = field(default_factory=list)

    @property
    def holdings(self) -> Sequence[Holding]:
        """Where any package keeps data of leads, in the order of forgetting."""
        return (*self.personal_data, *OWN)


def of(app: App) -> Extensions:
    """What was added to this application."""
    found: Extensions = app.extensions.setdefault("funnel.extensions", Extensions())
    return found


def here() -> Extensions:
    """What was added to the application that answers this request."""
    return of(current_app)
