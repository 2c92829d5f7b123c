"""What is kept about a lead, newest first: what it agreed to, where it came from, what it filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from funnel.crm.keyset import Page, Place, cut
from funnel.models import Consent, Form, Submission, Touch


def consents(session: Session, lead_id: int, *, after: Place | None = None, limit: int = 50) -> Page[Any]:
    """The ledger's rows, with the key of the form that asked."""
    columns = (
        getattr(Consent, name)
        for name in ("id", "purpose", "action", "permits_mail", "wording", "channel", "form_version")
    )
    proof = (Consent.page, Consent.locale, Consent.ip, Consent.user_agent, Consent.at)
    rows = session.execute(
        select(*columns, *proof, Form.key.label("form"))
        .outerjoin(Form, Form.id == Consent.form_id)
        .where(Consent.lead_id == lead_id, *_before(Consent.at, Consent.id, after))
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(limit + 1)
    ).all()
    return cut(rows, limit, lambda row: Place(row.at, row.id))


def touches(session: Session, lead_id: int, *, after: Place | None = None, limit: int = 50) -> Page[Touch]:
    """Where the lead came from, each time."""
    rows = session.scalars(
        select(Touch)
        .where(Touch.lead_id == lead_id, *_before(Touch.at, Touch.id, after))
        .order_by(Touch.at.desc(), Touch.id.desc())
        .limit(limit + 1)
    ).all()
    return cut(rows, limit, lambda row: Place(row.at, row.id))


def first_touch(session: Session, lead_id: int) -> Touch | None:
    """Where the lead came from the very first time."""
    return session.scalars(select(Touch).where(Touch.lead_id == lead_id).order_by(Touch.at, Touch.id).limit(1)).first()


def submissions(session: Session, lead_id: int, *, limit: int) -> Sequence[Any]:
    """The lead's newest fillings of forms. Nobody fills in more than fit on a page: there is no next one."""
    return session.execute(
        select(
            Submission.id,
            Form.key.label("form"),
            Submission.form_version,
            Submission.values,
            Submission.outcome,
            Submission.reason,
            Submission.ip,
            Submission.at,
        )
        .join(Form, Form.id == Submission.form_id)
        .where(Submission.lead_id == lead_id)
        .order_by(Submission.at.desc(), Submission.id.desc())
        .limit(limit)
    ).all()


def _before(
    at: InstrumentedAttribute[datetime], number: InstrumentedAttribute[int], after: Place | None
) -> list[ColumnElement[bool]]:
    return [tuple_(at, number) < (after.at, after.id)] if after else []
