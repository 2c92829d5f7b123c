"""What happened, as it is exported: submissions, consents, touches and the log itself."""

from __future__ import annotations

from funnel.exports.table import Column, Table

_FORM = "LEFT JOIN forms ON forms.id = {table}.form_id"
_LEAD = "LEFT JOIN leads ON leads.id = {table}.lead_id"

SUBMISSIONS = Table(
    "submissions",
    "submissions",
    [
        Column("id", "submissions.id"),
        Column("at", "submissions.at", "time"),
        Column("lead_id", "submissions.lead_id", "integer"),
        Column("email", "leads.email", "text", "lead"),
        Column("form", "forms.key", join="form"),
        Column("form_version", "submissions.form_version", "integer"),
        Column("outcome", "submissions.outcome"),
        Column("reason", "submissions.reason", "text"),
        Column("values", "submissions.values", "json"),
    ],
    joins={"lead": _LEAD.format(table="submissions"), "form": _FORM.format(table="submissions")},
    at="submissions.at",
)
CONSENTS = Table(
    "consents",
    "consents",
    [
        Column("id", "consents.id", "integer"),
        Column("at", "consents.at", "time"),
        Column("lead_id", "consents.lead_id", "integer"),
        Column("email", "leads.email", "text", "lead"),
        Column("purpose", "consents.purpose", "text"),
        Column("action", "consents.action"),
        Column("permits_mail", "consents.permits_mail", "boolean"),
        Column("wording", "consents.wording", "text"),
        Column("channel", "consents.channel"),
        Column("form", "forms.key", join="form"),
        Column("form_version", "consents.form_version", "integer"),
        Column("page", "consents.page", "text"),
        Column("locale", "consents.locale", "text"),
        Column("ip", "consents.ip"),
        Column("user_agent", "consents.user_agent", "text"),
    ],
    joins={"lead": _LEAD.format(table="consents"), "form": _FORM.format(table="consents")},
    at="consents.at",
)
TOUCHES = Table(
    "touches",
    "touches",
    [
        Column("id", "touches.id", "integer"),
        Column("at", "touches.at", "time"),
        Column("lead_id", "touches.lead_id", "integer"),
        *(
            Column(name, f"touches.{name}", "text")
            for name in ("source", "medium", "campaign", "term", "content", "page", "referrer")
        ),
        Column("click_ids", "touches.click_ids", "json"),
    ],
    at="touches.at",
)
EVENTS = Table(
    "events",
    "events",
    [
        Column("id", "events.id", "integer"),
        Column("at", "events.at", "time"),
        Column("lead_id", "events.lead_id", "integer"),
        Column("kind", "events.kind"),
        Column("data", "events.data", "json"),
        Column("cause_id", "events.cause_id", "integer"),
    ],
    at="events.at",
)

STORY = (SUBMISSIONS, CONSENTS, TOUCHES, EVENTS)
