"""Filling an empty installation with the demo business. A second start changes nothing but addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from funnel.context import Context
from funnel.crm import rules, segments
from funnel.crm.forms import create_form, form_by_key, update_form
from funnel.crm.segments import Asker
from funnel.crm.subjects import ladder_and_decay
from funnel.models import Form, Lead
from funnel.schemas.form import FormIn
from nurture_sequences import models as tables
from nurture_sequences import sequences
from nurture_sequences.definition import compile_document
from nurture_sequences.demo import business, rows
from nurture_sequences.demo.people import people
from nurture_sequences.demo.stories import Teller


def seed(context: Context) -> list[str]:
    """Make the form, the published sequence and the leads with their history; lines for the operator.

    An installation that has a form or a sequence of these names already keeps what it has.
    """
    now = context.now()
    with context.database.transaction() as session:
        form, asked = form_by_key(session, business.FORM), FormIn().load(business.form(context.settings))
        if form is None and not session.scalar(select(exists().where(tables.Sequence.key == business.SEQUENCE))):
            _fill(session, create_form(session, asked, now), now)
            for segment in business.segments():
                segments.create(session, **segment, asker=Asker("system", now, context.wall()))
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
    persons = people(now)
    # As if these rules had been there when the first of them came.
    before = rules.newest(session, "scoring").number
    rules.publish(session, "scoring", business.scoring(), before, persons[0].filled[0], None)
    ladder, decay = ladder_and_decay(session)
    told_by = Teller(compile_document(document), rules.live(session), ladder, decay)
    told = [(person, told_by.story(person, now)) for person in persons]
    rows.write(session, form, rows.Entered(version.sequence_id, version.id), told)


def _follow_the_site(session: Session, form: Form, asked: Mapping[str, Any], now: datetime) -> None:
    """The landing page may stand on another port today; what people changed in the form stays."""
    stands = {name: asked[name] for name in ("origins", "thanks_url")}
    update_form(session, form.key, {"name": form.name} | form.definition | stands, now)
