"""Filling an empty installation with the demo business. A second start changes nothing but addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from funnel.context import Context
from funnel.crm.forms import create_form, form_by_key, update_form
from funnel.models import Form, Lead, Stage
from funnel.schemas.form import FormIn
from nurture_sequences import models as tables
from nurture_sequences import sequences
from nurture_sequences.definition import compile_document
from nurture_sequences.demo import business, rows
from nurture_sequences.demo.people import people
from nurture_sequences.demo.stories import story


def seed(context: Context) -> list[str]:
    """Make the form, the published sequence and the leads with their history; lines for the operator.

    An installation that has a form or a sequence of these names already keeps what it has.
    """
    now = context.now()
    with context.database.transaction() as session:
        form, asked = form_by_key(session, business.FORM), FormIn().load(business.form(context.settings))
        if form is None and not session.scalar(select(exists().where(tables.Sequence.key == business.SEQUENCE))):
            _fill(session, create_form(session, asked, now), now)
        elif form and session.scalar(select(exists().where(Lead.demo))):
            _follow_the_site(session, form, asked, now)
        else:
            return [f"no demo business: the name {business.FORM} or {business.SEQUENCE} is in use here"]
    return [f"the demo business {business.NAME} has its landing page at {business.site_address(context.settings)}/"]


def _fill(session: Session, form: Form, now: datetime) -> None:
    document = business.sequence()
    sequences.save_draft(session, business.SEQUENCE, document, now)
    sequences.publish(session, business.SEQUENCE, now)
    version = session.scalars(
        select(tables.Version).join(tables.Sequence).where(tables.Sequence.key == business.SEQUENCE)
    ).one()
    program = compile_document(document)
    ladder = dict(session.execute(select(Stage.key, Stage.position)).all())
    told = [(person, story(program, ladder, person, now)) for person in people(now)]
    rows.write(session, form, rows.Entered(version.sequence_id, version.id), told)


def _follow_the_site(session: Session, form: Form, asked: Mapping[str, Any], now: datetime) -> None:
    """The landing page may stand on another port today; what people changed in the form stays."""
    stands = {name: asked[name] for name in ("origins", "thanks_url")}
    update_form(session, form.key, {"name": form.name} | form.definition | stands, now)
