"""What a column can mean."""

from __future__ import annotations

import re
from collections.abc import Sequence

IGNORE = "ignore"
#: a field of the lead, by its key: `fields.first_name`
FIELD = "fields."
#: what can be chosen besides a field
TARGETS = (
    "email",
    "tags",
    "stage",
    "source",
    "created_at",
    "zone",
    "locale",
    # One word says whether mail may go: subscribed, unsubscribed, bounced, unconfirmed, ...
    "mail_status",
    # Yes means: this person agreed; and since when.
    "consent",
    "consent_at",
    # Yes, or a date, means: never again.
    "opt_out",
    "bounced",
    "complained",
    # A JSON object whose keys are fields, as listmonk writes them.
    "attributes",
    IGNORE,
)
#: may be in several columns
MANY = {"tags", "opt_out", "bounced", "complained", "attributes", IGNORE}
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")


def problem(columns: Sequence[str], at: int) -> str | None:
    """Why this column cannot mean that, in a sentence; None when it can."""
    target = columns[at]
    if target.startswith(FIELD):
        if not _KEY.match(target.removeprefix(FIELD)):
            return "The key of a field begins with a letter and has letters, digits, - and _ (64 at most)."
        if target == FIELD + "email":
            return "The address is the column `email`."
    elif target not in TARGETS:
        return f"Unknown. There are fields.KEY and {', '.join(TARGETS)}."
    if target not in MANY and target in columns[:at]:
        return f"Another column is {target} already."
    return None
