"""Leads as they are exported: what is kept of each, where it came from first, and whether it may be mailed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from funnel.conditions import engagement_sql
from funnel.crm.subjects import ladder_and_decay
from funnel.exports.table import Column, Table, literal
from funnel.models import Form

_FIRST_TOUCH = """
    LEFT JOIN LATERAL (
        SELECT source, medium, campaign, term, content FROM touches
         WHERE touches.lead_id = leads.id ORDER BY touches.at, touches.id LIMIT 1) AS first_touch ON true
"""
# The last word of each purpose that permits mail, as `crm.consents` reads it.
_MAIL = """
    LEFT JOIN LATERAL (
        SELECT bool_or(last.action = 'granted') AS granted, max(last.at) FILTER (WHERE last.action = 'granted') AS at
          FROM (SELECT DISTINCT ON (purpose) action, permits_mail, at FROM consents
                 WHERE consents.lead_id = leads.id ORDER BY purpose, id DESC) AS last
         WHERE last.permits_mail) AS mail ON true
"""
JOINS = {"first_touch": _FIRST_TOUCH, "mail": _MAIL}
_USUAL = ("id", "email", "stage", "score", "fit", "engagement", "tags", "zone", "locale", "created_at", "updated_at")


def leads_table(session: Session, now: datetime) -> Table:
    """The table as of `now` (engine time), since engagement fades; with the fields that forms ask for."""
    _, decay = ladder_and_decay(session)
    left = engagement_sql(now, decay)
    engagement = left.text
    fields = [field_column(key) for key in known_fields(session)]
    columns = [
        Column("id", "leads.id", "integer"),
        Column("email", "leads.email", "text"),
        Column("stage", "leads.stage"),
        Column("score", f"round((leads.fit + {engagement}) * 100) / 100", "float"),
        Column("fit", "round(leads.fit * 100) / 100", "float"),
        Column("engagement", f"round({engagement} * 100) / 100", "float"),
        Column("tags", "leads.tags", "list"),
        Column("zone", "leads.zone"),
        Column("locale", "leads.locale", "text"),
        Column("demo", "leads.demo", "boolean"),
        Column("created_at", "leads.created_at", "time"),
        Column("updated_at", "leads.updated_at", "time"),
        Column("stage_since", "leads.stage_since", "time"),
        *(
            Column(name, f"first_touch.{name}", "text", "first_touch")
            for name in ("source", "medium", "campaign", "term", "content")
        ),
        Column("may_mail", "coalesce(mail.granted, false)", "boolean", "mail"),
        Column("consent_at", "mail.at", "time", "mail"),
        Column("fields", "leads.fields", "json"),
        *fields,
    ]
    usual = [*_USUAL, *(column.name for column in fields)]
    return Table("leads", "leads", columns, usual, JOINS, "leads.created_at", left.params)


def field_column(key: str) -> Column:
    """One of the fields that forms and programs bring."""
    return Column(
        f"fields.{key}",
        f"(leads.fields ->> {literal(key)})",
        "text",
        json_sql=f"(leads.fields -> {literal(key)})",
    )


def known_fields(session: Session) -> list[str]:
    """The keys that forms ask for, in alphabetical order; the address is a column of its own."""
    definitions = session.scalars(select(Form.definition)).all()
    return sorted({field["key"] for definition in definitions for field in definition["fields"]} - {"email"})
