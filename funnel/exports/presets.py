"""Columns as other CRMs want them, under the headings that their import recognises by itself.

Headings: HubSpot's property labels, Salesforce's fields of Lead, Pipedrive's import labels, Brevo's attributes, as
their help pages had them in November 2026. What they have no place for stands at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from funnel.exports.table import Column, literal

#: each column's heading and what stands under it
Preset: TypeAlias = Sequence[tuple[str, Column]]

#: under which keys forms usually ask for it, in English and French
_KEYS = {
    "first_name": ("first_name", "firstname", "prenom"),
    "last_name": ("last_name", "lastname", "nom", "name"),
    "phone": ("phone", "telephone", "tel"),
    "mobile": ("mobile", "mobile_phone", "portable"),
    "company": ("company", "organization", "organisation", "societe", "entreprise"),
    "job_title": ("job_title", "title", "position", "poste", "fonction"),
    "website": ("website", "url", "site"),
    "street": ("street", "address", "adresse"),
    "city": ("city", "ville"),
    "state": ("state", "region"),
    "postal_code": ("postal_code", "zip", "postcode", "code_postal"),
    "country": ("country", "pays"),
}
#: HubSpot's lifecycle stages by ours; it knows no others
_LIFECYCLE = {
    "subscriber": "subscriber",
    "lead": "lead",
    "marketing-qualified": "marketingqualifiedlead",
    "sales-qualified": "salesqualifiedlead",
    "opportunity": "opportunity",
    "customer": "customer",
}
_MISSING = "[not provided]"


def _told(what: str) -> str:
    """What the lead told under any of the usual keys."""
    values = ", ".join(f"nullif(leads.fields ->> '{key}', '')" for key in _KEYS[what])
    return f"coalesce({values})"


def _text(sql: str, join: str | None = None) -> Column:
    return Column("", sql, "text", join)


def _field(what: str) -> Column:
    return _text(_told(what))


def _lifecycle() -> Column:
    cases = " ".join(f"WHEN {literal(ours)} THEN {literal(theirs)}" for ours, theirs in _LIFECYCLE.items())
    return Column("", f"CASE leads.stage {cases} ELSE 'other' END")


_EMAIL = _text("leads.email")
_SOURCE = _text("first_touch.source", "first_touch")
_CAMPAIGN = _text("first_touch.campaign", "first_touch")
_MAY_MAIL = Column("", "coalesce(mail.granted, false)", "boolean", "mail")
_NAME = f"coalesce(nullif(concat_ws(' ', {_told('first_name')}, {_told('last_name')}), ''), leads.email)"
_OURS: Preset = (
    ("Funnel ID", Column("", "leads.id", "integer")),
    ("Funnel Stage", Column("", "leads.stage")),
    ("Source", _SOURCE),
    ("Campaign", _CAMPAIGN),
    ("Tags", Column("", "leads.tags", "list")),
    ("First Seen", Column("", "leads.created_at", "time")),
    ("Email Consent", _MAY_MAIL),
    ("Email Consent At", Column("", "mail.at", "time", "mail")),
)

HUBSPOT: Preset = (
    ("Email", _EMAIL),
    ("First Name", _field("first_name")),
    ("Last Name", _field("last_name")),
    ("Phone Number", _field("phone")),
    ("Mobile Phone Number", _field("mobile")),
    ("Company Name", _field("company")),
    ("Job Title", _field("job_title")),
    ("Website URL", _field("website")),
    ("City", _field("city")),
    ("Country/Region", _field("country")),
    ("Lifecycle Stage", _lifecycle()),
    *_OURS,
)
#: LastName and Company may not be empty there
SALESFORCE: Preset = (
    ("FirstName", _field("first_name")),
    ("LastName", _text(f"coalesce({_told('last_name')}, '{_MISSING}')")),
    ("Company", _text(f"coalesce({_told('company')}, '{_MISSING}')")),
    ("Email", _EMAIL),
    ("Phone", _field("phone")),
    ("MobilePhone", _field("mobile")),
    ("Title", _field("job_title")),
    ("LeadSource", _SOURCE),
    ("Street", _field("street")),
    ("City", _field("city")),
    ("State", _field("state")),
    ("PostalCode", _field("postal_code")),
    ("Country", _field("country")),
    ("Website", _field("website")),
    ("HasOptedOutOfEmail", Column("", "NOT coalesce(mail.granted, false)", "boolean", "mail")),
    *_OURS,
)
PIPEDRIVE: Preset = (
    ("Person - Name", _text(_NAME)),
    ("Person - Email", _EMAIL),
    ("Person - Phone", _text(f"coalesce({_told('phone')}, {_told('mobile')})")),
    ("Organization - Name", _field("company")),
    ("Lead - Title", _text(f"concat(coalesce({_told('company')}, {_NAME}), ' lead')")),
    *_OURS,
)
BREVO: Preset = (
    ("EMAIL", _EMAIL),
    ("FIRSTNAME", _field("first_name")),
    ("LASTNAME", _field("last_name")),
    ("SMS", _text(f"coalesce({_told('mobile')}, {_told('phone')})")),
    *_OURS,
)

PRESETS: Mapping[str, Preset] = {
    "hubspot": HUBSPOT,
    "salesforce": SALESFORCE,
    "pipedrive": PIPEDRIVE,
    "brevo": BREVO,
}
