"""Service mail: what a person asked for by what they did. No consent is needed, and nothing in it is marketing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel import ids

CONFIRM = "confirm"

_QUEUE = text("""
    INSERT INTO messages (id, occasion, address, lead_id, purpose, due_at, queued_at)
    SELECT id, occasion, address, lead_id, 'service', :now, :now
      FROM json_to_recordset(:rows) AS w (id uuid, occasion text, address text, lead_id bigint)
        ON CONFLICT (occasion, address) DO NOTHING
""")

#: subject and text by language; none of the visitor's own words stand in a mail to an unproven address
CONFIRMATION = {
    "en": (
        "Please confirm your address",
        "Hello,\n\nsomeone, probably you, gave this address in a form.\n"
        "If it was you, please confirm here:\n\n{url}\n\n"
        "If it was not, do nothing: you will not hear from us again.\n",
    ),
    "fr": (
        "Merci de confirmer votre adresse",
        "Bonjour,\n\nquelqu'un, sans doute vous, a donné cette adresse dans un formulaire.\n"
        "Si c'était vous, merci de confirmer ici :\n\n{url}\n\n"
        "Sinon, ne faites rien : vous n'entendrez plus parler de nous.\n",
    ),
}


def queue_confirmations(session: Session, taken: Sequence[Any], leads: Mapping[int, Any], now: datetime) -> None:
    """Queue the confirmation mail of each submission that a double opt-in form took in."""
    rows = [
        {
            "id": ids.time_ordered(now),
            "occasion": f"{CONFIRM}:{fact.data['submission']}",
            "address": leads[fact.lead_id].email,
            "lead_id": fact.lead_id,
        }
        for fact in taken
        if fact.kind == "form_submitted" and fact.data.get("double_opt_in")
    ]
    if rows:
        session.execute(_QUEUE, {"rows": orjson.dumps(rows).decode(), "now": now})
        session.info["hint"] = True


def confirmation(locale: str | None, url: str) -> tuple[str, str]:
    """Subject and text of a confirmation, in the lead's language."""
    subject, body = CONFIRMATION["fr" if (locale or "").lower().startswith("fr") else "en"]
    return subject, body.format(url=url)
