"""Service mail: what a person asked for by what they did. No consent is needed, and nothing in it is marketing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel import ids
from funnel.crm.facts import Fact, record

CONFIRM = "confirm"
#: Confirmations to one lead within a day (engine time): strangers may type any address, as often as they like.
MOST_A_DAY = 5
DAY = timedelta(days=1)

#: kinds of links (`funnel.crm.user_links`) that colleagues are sent
LINKS = ("invitation", "reset")

_QUEUE = text("""
    INSERT INTO messages (id, occasion, address, lead_id, purpose, due_at, queued_at)
    SELECT id, occasion, address, lead_id, 'service', :now, :now
      FROM json_to_recordset(:rows) AS w (id uuid, occasion text, address text, lead_id bigint)
        ON CONFLICT (occasion, address) DO NOTHING
""")

_RECENT = text("""
    SELECT lead_id, count(*) AS mails FROM messages
     WHERE lead_id = ANY (:leads) AND purpose = 'service' AND queued_at > :since GROUP BY lead_id
""")

_QUEUE_LINK = text("""
    INSERT INTO messages (id, occasion, address, purpose, due_at, queued_at)
    VALUES (:id, :occasion, :address, 'service', :now, :now)
""")

#: subject and text of the mail with a link, by kind and language
LINK_MAILS = {
    "invitation": {
        "en": (
            "You are invited to Funnel",
            "Hello,\n\na colleague invites you to Funnel, which takes care of your company's leads.\n"
            "Choose your name and your password here, within seven days:\n\n{url}\n\n"
            "If you do not know what this is about, do nothing.\n",
        ),
        "fr": (
            "Vous êtes invité à Funnel",
            "Bonjour,\n\nun collègue vous invite à Funnel, qui s'occupe des prospects de votre entreprise.\n"
            "Choisissez votre nom et votre mot de passe ici, dans les sept jours :\n\n{url}\n\n"
            "Si vous ne savez pas de quoi il s'agit, ne faites rien.\n",
        ),
    },
    "reset": {
        "en": (
            "Another password for Funnel",
            "Hello,\n\nsomeone, probably you, asked for another password for your account.\n"
            "If it was you, choose it here, within an hour:\n\n{url}\n\n"
            "If it was not, do nothing: your password stays as it is.\n",
        ),
        "fr": (
            "Un autre mot de passe pour Funnel",
            "Bonjour,\n\nquelqu'un, sans doute vous, a demandé un autre mot de passe pour votre compte.\n"
            "Si c'était vous, choisissez-le ici, dans l'heure :\n\n{url}\n\n"
            "Sinon, ne faites rien : votre mot de passe reste le même.\n",
        ),
    },
}

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
    """Queue the confirmation mail of each submission that a double opt-in form took in, MOST_A_DAY to one lead.

    The caller holds the leads' locks. A mail beyond the limit is told in the lead's story as skipped.
    """
    asked = [fact for fact in taken if fact.kind == "form_submitted" and fact.data.get("double_opt_in")]
    if not asked:
        return
    queued, skipped = _within_limit(asked, _recent(session, {fact.lead_id for fact in asked}, now))
    rows = [
        {
            "id": ids.time_ordered(now),
            "occasion": f"{CONFIRM}:{fact.data['submission']}",
            "address": leads[fact.lead_id].email,
            "lead_id": fact.lead_id,
        }
        for fact in queued
    ]
    session.execute(_QUEUE, {"rows": orjson.dumps(rows).decode(), "now": now})
    record(session, [_skipped(fact, now) for fact in skipped])
    session.info["hint"] = True


def queue_link(session: Session, link_id: UUID, kind: str, address: str, language: str, now: datetime) -> None:
    """Queue the mail with a user's link (`funnel.extensions.SendLink`); the link itself is written as it leaves."""
    occasion = f"{kind}:{language}:{link_id}"
    session.execute(_QUEUE_LINK, {"id": ids.time_ordered(now), "occasion": occasion, "address": address, "now": now})
    session.info["hint"] = True


def link_mail(kind: str, language: str, url: str) -> tuple[str, str]:
    """Subject and text of the mail with a user's link."""
    subject, body = LINK_MAILS[kind][language]
    return subject, body.format(url=url)


def _recent(session: Session, lead_ids: Collection[int], now: datetime) -> Counter[int]:
    """How much service mail each of these leads was sent in the last day."""
    rows = session.execute(_RECENT, {"leads": list(lead_ids), "since": now - DAY})
    return Counter({row.lead_id: row.mails for row in rows})


def _within_limit(asked: Sequence[Any], sent: Counter[int]) -> tuple[list[Any], list[Any]]:
    """Pure: which of these facts are answered with a mail, and which are not."""
    queued: list[Any] = []
    skipped: list[Any] = []
    for fact in asked:
        sent[fact.lead_id] += 1
        (queued if sent[fact.lead_id] <= MOST_A_DAY else skipped).append(fact)
    return queued, skipped


def _skipped(fact: Any, now: datetime) -> Fact:
    data = {"submission": fact.data["submission"], "why": "too many confirmations in a day"}
    return Fact("message_skipped", fact.lead_id, now, data, cause_id=fact.id, depth=fact.depth)


def confirmation(locale: str | None, url: str) -> tuple[str, str]:
    """Subject and text of a confirmation, in the lead's language."""
    subject, body = CONFIRMATION["fr" if (locale or "").lower().startswith("fr") else "en"]
    return subject, body.format(url=url)
