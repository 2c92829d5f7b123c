"""What one cell says: a yes or no, a date, tags, a word about mail. Each raises ValueError for what it cannot read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from funnel.importing.words import folded

_YES = {"1", "y", "yes", "true", "t", "x", "on", "oui", "o", "vrai", "ja", "si", "checked", "granted"}
_NO = {"", "0", "n", "no", "false", "f", "off", "non", "faux", "nein", "none", "null", "unchecked", "denied"}
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\Z")
#: as Go writes times: 2024-03-02 10:11:12.13 +0000 UTC
_GO = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d{4})(?: [A-Z]+)?\Z")
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

#: what is said about mail to a person; a later one is stronger
YES, UNCONFIRMED, NO, BOUNCED, COMPLAINED = "yes", "unconfirmed", "no", "bounced", "complained"
STRENGTH = {None: 0, YES: 1, UNCONFIRMED: 2, NO: 3, BOUNCED: 4, COMPLAINED: 5}
#: the answers that stop mail, and are never lost to a mistake elsewhere in the row
REFUSALS = {NO, BOUNCED, COMPLAINED}

_STATUSES = {
    word: status
    for status, words in {
        YES: (
            *("active", "subscribed", "enabled", "confirmed", "opted in", "opt in", "mailable", "actif", "abonne"),
            *("inscrit", "confirme", "aktiv", "valid", "yes", "oui"),
        ),
        UNCONFIRMED: (
            *("", "unconfirmed", "pending", "non subscribed", "not subscribed", "never subscribed", "transactional"),
            *("non confirme", "en attente", "non abonne", "unknown", "none", "new"),
        ),
        NO: (
            *("unsubscribed", "opted out", "opt out", "blocklisted", "blacklisted", "blocked", "disabled", "inactive"),
            *("suppressed", "removed", "desinscrit", "desabonne", "bloque", "inactif", "abgemeldet", "no", "non"),
            *("manual", "manually unsubscribed", "do not contact", "1", "3"),
        ),
        BOUNCED: ("bounced", "hard bounced", "hard bounce", "bounce", "invalid", "cleaned", "rejete", "2"),
        COMPLAINED: ("complained", "complaint", "spam", "spam complaint", "reported as spam", "abuse", "plainte"),
    }.items()
    for word in words
}


def yes(cell: str) -> bool:
    """Whether a box was ticked. Raises ValueError for a word that is neither."""
    word = folded(cell)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("neither yes nor no")


def not_no(cell: str) -> bool:
    """Whether a cell about a refusal holds one: a yes, a date, a reason; only an empty cell or a no is none."""
    return folded(cell) not in _NO


def status(cell: str) -> str:
    """What one word says about mail to this person."""
    try:
        return _STATUSES[folded(cell)]
    except KeyError:
        raise ValueError("an unknown status") from None


def moment(cell: str, *, day_first: bool) -> datetime:
    """A date, or a date and time, in UTC when it names no offset. `day_first` reads 02/03/2024 as 2 March."""
    written = cell.strip()
    if found := _DAY_FIRST.match(written):
        first, second, year, hour, minute, seconds = (int(part or 0) for part in found.groups())
        day, month = (first, second) if day_first else (second, first)
        at = datetime(year, month, day, hour, minute, seconds, tzinfo=UTC)
    else:
        at = datetime.fromisoformat("".join(go.groups()) if (go := _GO.match(written)) else written)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if at < _EARLIEST:
        raise ValueError("before 1970")
    return at


def month_first(cell: str) -> bool:
    """Whether this can only be a date whose month stands first: 03/25/2024."""
    found = _DAY_FIRST.match(cell.strip())
    return bool(found and int(found[2]) > 12)


def tags(cell: str) -> list[str]:
    """Tags between commas, semicolons or bars, each once, in their order."""
    parts = (part.strip() for part in re.split(r"[,;|]", cell))
    found = list(dict.fromkeys(part for part in parts if part))
    if any(len(tag) > 100 for tag in found):
        raise ValueError("a tag of more than 100 characters")
    return found


def attributes(cell: str) -> Mapping[str, Any]:
    """The fields of a JSON object."""
    try:
        found = orjson.loads(cell)
    except orjson.JSONDecodeError:
        raise ValueError("not JSON") from None
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found
