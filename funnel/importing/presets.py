"""Programs whose exports we know: by which columns each is recognised, and what its own columns mean.

The names are compared folded (`words.folded`). They are those of the programs' English exports; Brevo's attributes
are named by the account, its own ones are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_NOT_OURS = "ignore"


@dataclass(frozen=True)
class Preset:
    """`marks` are alternatives; each is a set of columns that only this program writes together."""

    name: str
    marks: Sequence[frozenset[str]]
    columns: Mapping[str, str]


def _mark(*names: str) -> frozenset[str]:
    return frozenset(names)


PRESETS = {
    # Contacts are exported by the labels of their properties; unsubscribes and bounces are an export of their own
    # (knowledge.hubspot.com, "What do the columns mean ... when I export unsubscribes and bounces").
    "hubspot": Preset(
        "HubSpot",
        (
            _mark("record id", "email", "lifecycle stage"),
            _mark("record id", "email", "marketing contact status"),
            _mark("record id", "email", "create date"),
            _mark("portal bounce", "portal unsubscribe"),
        ),
        {
            "record id": _NOT_OURS,
            "contact owner": _NOT_OURS,
            "marketing contact status": _NOT_OURS,
            "lifecycle stage": "stage",
            "unsubscribed from all email": "opt_out",
            "portal unsubscribe": "opt_out",
            "email hard bounce reason": "bounced",
            "portal bounce": "bounced",
            "global bounce": "bounced",
            "invalid email address": "bounced",
            "portal spam report": "complained",
            "last activity date": _NOT_OURS,
            "recent conversion date": _NOT_OURS,
        },
    ),
    # developers.brevo.com, "Export contacts": EMAIL, ADDED_TIME and MODIFIED_TIME are in every file.
    "brevo": Preset(
        "Brevo",
        (_mark("email", "added time", "modified time"), _mark("contact id", "email", "added time")),
        {
            "contact id": _NOT_OURS,
            "modified time": _NOT_OURS,
            "listids": _NOT_OURS,
            "list ids": _NOT_OURS,
            "email marketing": "mail_status",
            "sms marketing": _NOT_OURS,
            "whatsapp marketing": _NOT_OURS,
            "opt in": "consent",
            "double opt in": "consent",
            "emailblacklisted": "opt_out",
            "smsblacklisted": _NOT_OURS,
        },
    ),
    "activecampaign": Preset(
        "ActiveCampaign",
        (
            _mark("email", "status", "tags", "date created"),
            _mark("email", "contact id", "tags"),
            _mark("email", "subscriber id"),
            _mark("email", "email address status"),
        ),
        {
            "contact id": _NOT_OURS,
            "subscriber id": _NOT_OURS,
            "account id": _NOT_OURS,
            "ip address": _NOT_OURS,
            "date updated": _NOT_OURS,
            "last updated": _NOT_OURS,
            "contact score": _NOT_OURS,
            "lists": _NOT_OURS,
            "status": "mail_status",
            "email address status": "mail_status",
            "unsubscribe date": "opt_out",
            "bounced date": "bounced",
        },
    ),
    # Contacts come by the aliases of their fields. Whom not to contact is only in a report with that column
    # (mautic/mautic issue 11679); its reasons are words or 1 unsubscribed, 2 bounced, 3 by hand.
    "mautic": Preset(
        "Mautic",
        (
            _mark("email", "firstname", "lastname", "points"),
            _mark("email", "attribution", "attribution date"),
            _mark("email", "dateidentified"),
            _mark("email", "dnc reason"),
        ),
        {
            "id": _NOT_OURS,
            "points": _NOT_OURS,
            "attribution": _NOT_OURS,
            "attribution date": _NOT_OURS,
            "last active": _NOT_OURS,
            "dateidentified": _NOT_OURS,
            "datemodified": _NOT_OURS,
            "dateadded": "created_at",
            "ownerbyuser": _NOT_OURS,
            "preferred locale": "locale",
            "donotcontact": "opt_out",
            "do not contact": "opt_out",
            "dnc": "opt_out",
            "dnc reason": "mail_status",
        },
    ),
    # cmd/subscribers.go of listmonk writes exactly these.
    "listmonk": Preset(
        "listmonk",
        (_mark("uuid", "email", "name", "attributes", "status"),),
        {
            "uuid": _NOT_OURS,
            "updated at": _NOT_OURS,
            "attributes": "attributes",
            "status": "mail_status",
        },
    ),
}


def recognised(names: Sequence[str]) -> str | None:
    """The key of the program whose marks these (folded) names hold; of several the one with the largest mark."""
    present = set(names)
    fitting = [(len(mark), key) for key, one in PRESETS.items() for mark in one.marks if mark <= present]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None
