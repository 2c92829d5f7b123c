"""Fillings that were set aside as suspicious: a person looks at each and lets it in, or throws it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from funnel.crm import consents, leads
from funnel.crm.leads import Capture
from funnel.crm.touches import Touched
from funnel.models import Form, Submission

_KEEP = text("""
    INSERT INTO submissions (id, form_id, form_version, values, outcome, reason, held, ip, at)
    VALUES (:submission, :form, :version, CAST(:values AS jsonb), 'spam', :reason, CAST(:held AS jsonb), :ip, :at)
        ON CONFLICT (id) DO NOTHING RETURNING id
""")
_TAKE = text("DELETE FROM submissions WHERE id = :id AND held IS NOT NULL RETURNING held, at")
# What a program typed is nobody's data worth keeping; that it came, and why it was stopped, is.
_DISCARD = text("""
    UPDATE submissions SET outcome = 'rejected', held = NULL, values = '{}', ip = NULL
     WHERE id = :id AND held IS NOT NULL RETURNING id
""")


def keep(session: Session, told: Capture, now: datetime) -> bool:
    """Set a filling aside with all that came along; no lead comes of it. False when it was written before."""
    values = {
        "submission": told.submission_id,
        "form": told.form_id,
        "version": told.form_version,
        "values": orjson.dumps(told.values).decode(),
        "reason": told.suspicion,
        "held": orjson.dumps(told).decode(),
        "ip": told.ip,
        "at": now,
    }
    return session.execute(_KEEP, values).first() is not None


def newest(session: Session, *, limit: int) -> Sequence[Any]:
    """What waits for a person, newest first: id, form, form_name, values, agreed, reason, ip, at."""
    columns = (Submission.id, Submission.values, Submission.reason, Submission.ip, Submission.at)
    return session.execute(
        select(
            *columns, Form.key.label("form"), Form.name.label("form_name"), Submission.held["agreed"].label("agreed")
        )
        .join(Form, Form.id == Submission.form_id)
        .where(Submission.held.is_not(None))
        .order_by(Submission.at.desc(), Submission.id.desc())
        .limit(limit)
    ).all()


def accept(session: Session, submission_id: UUID) -> bool:
    """Let a filling in as if it had never been suspected, at the time it was sent. False when it does not wait.

    What the person has decided about since stays as it was decided.
    """
    row = session.execute(_TAKE, {"id": submission_id}).first()
    if row is None:
        return False
    told = read(row.held)
    decided = consents.decided_since(session, told.email, row.at)
    agreed = {purpose: wording for purpose, wording in told.agreed.items() if purpose not in decided}
    leads.capture(session.connection(), replace(told, agreed=agreed, suspicion=None), row.at)
    session.info["hint"] = True
    return True


def discard(session: Session, submission_id: UUID) -> bool:
    """Throw a filling away: what was typed is deleted, the reason stays. False when it does not wait."""
    return session.execute(_DISCARD, {"id": submission_id}).first() is not None


def read(told: dict[str, Any]) -> Capture:
    """A capture as it was written down in JSON."""
    return Capture(**told | {"submission_id": UUID(told["submission_id"]), "touch": Touched(**told["touch"])})
