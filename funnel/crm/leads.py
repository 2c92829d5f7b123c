"""Leads: captured in one statement, found by id or address, locked before anything of theirs changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from funnel.addresses import normalised
from funnel.crm.errors import RepeatedError
from funnel.crm.prepared import Prepared
from funnel.crm.touches import Touched
from funnel.models import Lead, MergedLead


@dataclass(frozen=True)
class Capture:
    """One filling of a form, checked and ready to be written.

    `values` are the form's fields by key; `agreed` maps each purpose to the wording that was agreed to, and a yes to
    `mail_purposes` permits mail; `ip` is a network, not an address; `zone` is an IANA name that exists.
    """

    submission_id: UUID
    form_id: int
    form_key: str
    form_version: int
    email: str
    values: dict[str, Any]
    agreed: dict[str, str] = field(default_factory=dict)
    mail_purposes: Sequence[str] = ()
    double_opt_in: bool = False
    touch: Touched = field(default_factory=Touched)
    zone: str | None = None
    locale: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    #: why this may be a program's doing; such a filling is set aside for a person to look at
    suspicion: str | None = None


# One statement, because a form post is the hottest path of the project: one round trip instead of seven, one plan.
# A lead's known values win over what an anonymous visitor claims. Who has confirmed once need not confirm again,
# and nobody can put somebody else's consent back to `pending`. The address of a lead that was merged into another is
# that one's. Of two posts of one submission at the same time the
# later one meets the other's row and fails as a whole, so that it leaves the lead alone too.
CAPTURE = Prepared(
    "capture",
    """
    WITH lead AS (
        INSERT INTO leads AS known (email, fields, zone, locale, stage_since, created_at, updated_at)
        SELECT coalesce((SELECT now.email FROM merged_leads JOIN leads AS now ON now.id = into_id
                          WHERE merged_leads.email = :email LIMIT 1), :email),
               CAST(:fields AS jsonb), :zone, :locale, :at, :at, :at
         WHERE NOT EXISTS (SELECT FROM submissions WHERE id = :submission)
            ON CONFLICT (email) DO UPDATE
           SET fields = excluded.fields || known.fields, zone = coalesce(known.zone, excluded.zone),
               locale = coalesce(known.locale, excluded.locale), updated_at = excluded.updated_at
        RETURNING id, xmax = 0 AS is_new
    ), submission AS (
        INSERT INTO submissions (id, form_id, form_version, lead_id, values, outcome, ip, at)
        SELECT :submission, :form, :version, id, CAST(:values AS jsonb), 'accepted', :ip, :at FROM lead
        RETURNING lead_id
    ), consent AS (
        INSERT INTO consents (lead_id, purpose, action, permits_mail, wording, channel, form_id, form_version,
                              submission_id, page, locale, ip, user_agent, at)
        SELECT lead_id, purpose, CASE WHEN :double THEN 'pending' ELSE 'granted' END, purpose = ANY (:mail_purposes),
               wording, 'form', :form, :version, :submission, :page, :locale, :ip, :user_agent, :at
          FROM submission, json_each_text(CAST(:agreed AS json)) AS agreed (purpose, wording)
         WHERE NOT :double OR 'granted' IS DISTINCT FROM (
               SELECT action FROM consents
                WHERE consents.lead_id = submission.lead_id AND consents.purpose = agreed.purpose
                ORDER BY id DESC LIMIT 1)
        RETURNING action
    ), touch AS (
        INSERT INTO touches (lead_id, submission_id, source, medium, campaign, term, content, click_ids, page,
                             referrer, at)
        SELECT lead_id, :submission, :source, :medium, :campaign, :term, :content, CAST(:click_ids AS jsonb), :page,
               :referrer, :at
          FROM submission
        RETURNING id
    ), fact AS (
        INSERT INTO events (kind, lead_id, at, data)
        SELECT 'form_submitted', lead_id, :at, jsonb_build_object(
               'form', CAST(:key AS text), 'submission', CAST(:submission AS text), 'touch', touch.id,
               'new', (SELECT is_new FROM lead),
               'double_opt_in', EXISTS (SELECT FROM consent WHERE action = 'pending'))
          FROM submission, touch
        RETURNING id, at, lead_id
    ), waiting AS (
        INSERT INTO pending_facts (event_id, at, lead_id) SELECT id, at, lead_id FROM fact
    )
    SELECT lead_id FROM submission
    """,
    {
        "submission": "uuid",
        "form": "bigint",
        "version": "bigint",
        "mail_purposes": "text[]",
        "double": "boolean",
        "at": "timestamptz",
    },
)


def capture(connection: Connection, told: Capture, now: datetime) -> int:
    """Write lead, submission, consents, touch and the fact `form_submitted`; the lead's id.

    Raises RepeatedError when the submission was written before, by this form post or one at the same time.
    """
    try:
        lead_id: int | None = CAPTURE.execute(connection, parameters(told, now)).scalar()
    except IntegrityError as error:
        if error.orig.diag.constraint_name != "pk_submissions":  # type: ignore[union-attr]
            raise
        raise RepeatedError from None
    if lead_id is None:
        raise RepeatedError
    return lead_id


def parameters(told: Capture, now: datetime) -> dict[str, Any]:
    """What the statement takes, by the names of its parameters."""
    touch, values = told.touch, told.values
    return {
        "submission": str(told.submission_id),
        "form": told.form_id,
        "key": told.form_key,
        "version": told.form_version,
        "email": told.email,
        "fields": _json({key: value for key, value in values.items() if key != "email"}),
        "values": _json(values),
        "agreed": _json(told.agreed),
        "mail_purposes": list(told.mail_purposes),
        "double": told.double_opt_in,
        "zone": told.zone,
        "locale": told.locale,
        "ip": told.ip,
        "user_agent": told.user_agent,
        "at": now,
    } | {**vars(touch), "click_ids": _json(touch.click_ids)}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def lead_by_email(session: Session, email: str) -> Lead | None:
    """The lead with this address, however it is written; or the one that the lead with it was merged into."""
    address = normalised(email)
    found = session.scalars(select(Lead).where(Lead.email == address)).one_or_none()
    return found or session.scalars(select(Lead).join(MergedLead).where(MergedLead.email == address).limit(1)).first()


def lead_by_id(session: Session, lead_id: int) -> Lead | None:
    """The lead with this id."""
    return session.get(Lead, lead_id)


def now_known_as(session: Session, emails: Collection[str]) -> dict[str, Lead]:
    """Those of these (normalised) addresses that were merged leads', with the leads that they mean now."""
    found = select(MergedLead.email, Lead).select_from(MergedLead).join(Lead)
    return dict(session.execute(found.where(MergedLead.email.in_(emails))).all()) if emails else {}


def now_part_of(session: Session, lead_id: int) -> int | None:
    """The lead that this one was merged into; None for one that was not."""
    return session.scalar(select(MergedLead.into_id).where(MergedLead.id == lead_id))


def lead_known_as(session: Session, lead_id: int) -> Lead | None:
    """The lead with this id, or the one that it was merged into: what old mails and links mean by it."""
    return session.get(Lead, lead_id) or session.get(Lead, now_part_of(session, lead_id) or 0)


_LOCK = text("SELECT id FROM leads WHERE id = :lead FOR NO KEY UPDATE")


def lock(session: Session, lead_id: int) -> bool:
    """Hold this lead until the transaction ends; false when there is none.

    Not FOR UPDATE: the foreign keys of others that point here need not wait.
    """
    return session.execute(_LOCK, {"lead": lead_id}).first() is not None


def hold(session: Session, lead_id: int) -> int | None:
    """Lock this lead, or the one it was merged into, even a moment ago; its id. None when there is neither."""
    wanted: int | None = lead_id
    while wanted is not None:
        if lock(session, wanted):
            return wanted
        wanted = now_part_of(session, wanted)
    return None
