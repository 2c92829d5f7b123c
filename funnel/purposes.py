"""Pure: whether a yes to a purpose of consent permits mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

#: Words in the name of a purpose that is about something else than mail.
OTHER_THAN_MAIL = frozenset(
    {
        *("phone", "telephone", "call", "calls", "sms", "whatsapp"),
        *("track", "tracking", "cookie", "cookies", "analytics", "profiling"),
        *("share", "sharing", "processing", "age"),
        *("terms", "tos", "conditions", "agb", "cgu", "cgv", "rules", "legal"),
        *("privacy", "policy", "gdpr", "rgpd", "dsgvo", "datenschutz", "confidentialite"),
    }
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def named_for_mail(purpose: str) -> bool:
    """What holds when nobody said it: every purpose is one of mail, unless a word of its name says otherwise."""
    return OTHER_THAN_MAIL.isdisjoint(word.lower() for word in _WORD.findall(purpose))


def of_mail(consents: Iterable[Mapping[str, Any]]) -> list[str]:
    """The purposes whose yes permits mail, of the consents a form asks for: as it says, else by their names."""
    return [
        consent["purpose"] for consent in consents if consent.get("permits_mail", named_for_mail(consent["purpose"]))
    ]
