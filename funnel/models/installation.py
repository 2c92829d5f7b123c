"""What this database knows of itself: whose it is, whether it may send, and how fast its clock runs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class Installation(Base):
    """One row. Its wall times are real; `engine_origin` starts the engine's own time."""

    __tablename__ = "installation"

    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    #: fingerprint of the place this database ran in when a person last confirmed it; null until the first start
    identity: Mapped[str | None]
    #: proves that the fingerprint key is the one suppressions were written with
    fingerprint_check: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: a person, or a doubt about identity, stopped all sending; null when sending is open
    sending_held: Mapped[str | None]
    #: the provider asked for a pause of the whole account, until this wall time
    paused_until: Mapped[datetime | None]
    paused_reason: Mapped[str | None]
    wall_origin: Mapped[datetime] = mapped_column(server_default=text("now()"))
    engine_origin: Mapped[datetime] = mapped_column(server_default=text("now()"))
    speed: Mapped[float] = mapped_column(server_default=text("1"))
    #: last sign of life of any pulse (wall time)
    pulse_at: Mapped[datetime | None]
    #: the cluster (its system identifier) whose transaction ids the facts bear that are newer than `log_restored_to`;
    #: up to that id they came with a dump from elsewhere
    log_cluster: Mapped[str | None]
    log_restored_to: Mapped[int] = mapped_column(server_default=text("0"))
    #: whether everybody who signs in with a password needs a second factor
    factor_required: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (CheckConstraint("one", name="single_row"), CheckConstraint("speed >= 1", name="speed"))
