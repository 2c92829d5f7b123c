"""How long personal data is kept, as people decided it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class Retention(Base):
    """One row. A null duration keeps for ever. Nothing is deleted before somebody has confirmed this very policy."""

    __tablename__ = "retention"

    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    #: after the last contact that came from the lead
    leads_months: Mapped[int | None] = mapped_column(server_default=text("36"))
    #: leads on these stages stay: a contract keeps its own time
    except_stages: Mapped[list[str]] = mapped_column(server_default=text("'{customer}'"))
    #: leads who were asked to confirm and never did
    unconfirmed_days: Mapped[int | None] = mapped_column(server_default=text("30"))
    #: fillings of forms that were held as spam
    spam_days: Mapped[int | None] = mapped_column(server_default=text("90"))
    audit_months: Mapped[int | None] = mapped_column(server_default=text("24"))
    #: grows with each change of the policy
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    #: wall time; null while nobody has said yes to this revision
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    #: wall time of the last run that was asked for
    asked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("one", name="single_row"),
        CheckConstraint(
            "least(leads_months, unconfirmed_days, spam_days, audit_months) > 0", name="durations_are_positive"
        ),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed"),
    )
