"""What the columns of a file probably mean, by their names in English and French, or because we know the program."""

from __future__ import annotations

from collections.abc import Sequence

from funnel.importing.presets import PRESETS, recognised
from funnel.importing.targets import FIELD, IGNORE, MANY
from funnel.importing.words import folded

_NAMES: dict[str, tuple[str, ...]] = {
    "email": (
        *("email", "e mail", "mail", "email address", "e mail address", "courriel", "adresse email", "adresse e mail"),
        *("adresse mail", "adresse electronique", "work email", "email 1", "primary email", "subscriber email"),
    ),
    "fields.first_name": ("first name", "firstname", "given name", "prenom", "forename", "fname"),
    "fields.last_name": ("last name", "lastname", "surname", "family name", "nom", "nom de famille", "lname"),
    "fields.name": ("name", "full name", "fullname", "contact name", "nom complet", "nom et prenom"),
    "fields.company": (
        *("company", "company name", "organization", "organisation", "account", "account name", "entreprise"),
        *("societe", "raison sociale", "associated company", "nom de l entreprise"),
    ),
    "fields.job_title": ("job title", "title", "position", "role", "fonction", "poste", "intitule du poste"),
    "fields.phone": (
        *("phone", "phone number", "telephone", "tel", "numero de telephone", "work phone", "telephone fixe"),
    ),
    "fields.mobile": ("mobile", "mobile phone", "mobile phone number", "portable", "cell phone", "sms", "tel portable"),
    "fields.website": ("website", "website url", "web site", "site web", "site internet", "url"),
    "fields.address": ("address", "street address", "street", "address1", "address line 1", "adresse", "rue"),
    "fields.postal_code": ("postal code", "zip", "zip code", "zipcode", "postcode", "code postal", "cp"),
    "fields.city": ("city", "town", "ville"),
    "fields.region": ("state", "state region", "region", "province"),
    "fields.country": ("country", "country region", "pays"),
    "tags": ("tags", "tag", "labels", "etiquettes", "mots cles"),
    "stage": ("stage", "lifecycle stage", "lifecyclestage", "etape", "maturite", "etape du cycle de vie"),
    "source": ("source", "lead source", "original source", "origine", "provenance", "signup source"),
    "created_at": (
        *("created", "created at", "create date", "created date", "creation date", "date created", "date added"),
        *("added time", "signup date", "sign up date", "date de creation", "date d inscription", "date d ajout"),
    ),
    "zone": ("time zone", "timezone", "zone", "fuseau horaire"),
    "locale": ("locale", "language", "preferred language", "preferred locale", "langue"),
    "mail_status": ("subscription status", "email status", "mail status", "statut d abonnement", "statut email"),
    "consent": (
        *("consent", "opt in", "optin", "subscribed", "newsletter", "consentement", "marketing consent", "abonne"),
        *("inscrit newsletter", "email opt in", "email marketing consent", "is subscribed"),
    ),
    "consent_at": (
        *("consent date", "opt in date", "opt in time", "optin time", "confirm time", "subscribed at"),
        *("date de consentement", "date optin", "double opt in date"),
    ),
    "opt_out": (
        *("unsubscribed", "opt out", "optout", "opted out", "unsubscribed at", "unsubscribe date", "do not contact"),
        *("do not email", "desinscrit", "desabonne", "ne pas contacter", "email opt out", "has opted out of email"),
        *("blacklisted", "blocklisted", "email blacklisted", "email blocklisted", "donotemail", "doNotContact"),
    ),
    "bounced": ("bounced", "hard bounce", "hard bounced", "bounce", "email bounced", "rejete", "invalid email address"),
    # What a file of refused rows says of them, when it comes back.
    IGNORE: ("import line", "import error"),
    "complained": ("complained", "complaint", "spam complaint", "spam report", "marked as spam", "plainte"),
}


_MEANING = {folded(name): target for target, names in _NAMES.items() for name in names}


def is_known(name: str) -> bool:
    """Whether this is the name of a column we have an idea about."""
    return folded(name) in _MEANING


def guess_columns(names: Sequence[str]) -> tuple[str | None, list[str]]:
    """The program these columns are from, if we know it, and what each means.

    What nobody knows becomes a field of its own; of two columns that seem to be the same only the first is.
    """
    preset = recognised([folded(name) for name in names])
    known = PRESETS[preset].columns if preset else {}
    found: list[str] = []
    for at, name in enumerate(names):
        target = known.get(folded(name)) or _MEANING.get(folded(name)) or _own_field(name, at)
        found.append(_free(target, found) if target.startswith(FIELD) else _once(target, found))
    return preset, found


def columns_without_names(row: Sequence[str]) -> list[str]:
    """The same for a file without a header, by what its first row holds: only the address can be told."""
    at = next((at for at, cell in enumerate(row) if "@" in cell), None)
    return ["email" if number == at else f"{FIELD}column_{number + 1}" for number in range(len(row))]


def _own_field(name: str, at: int) -> str:
    key = folded(name).replace(" ", "_")[:60].lstrip("0123456789_")
    return FIELD + key if key else f"{FIELD}column_{at + 1}"


def _once(target: str, taken: Sequence[str]) -> str:
    return IGNORE if target in taken and target not in MANY else target


def _free(target: str, taken: Sequence[str]) -> str:
    number, free = 1, target
    while free in taken:
        number += 1
        free = f"{target}_{number}"
    return free
