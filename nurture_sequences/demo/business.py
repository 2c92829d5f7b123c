"""The demo business: its form, its sequence, and where its landing page stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from funnel.config import Settings

NAME = "Soleil & Toit"
FORM = "guide"
SEQUENCE = "solar-guide"
HERE = Path(__file__).parent
ROOFS = ("Tiles", "Slates", "Flat", "I do not know")
MAIL, PHONE = "email_marketing", "phone"
WORDINGS = {
    MAIL: "Send me the guide and four letters about solar roofs by email, over two weeks. I can stop them at any time.",
    PHONE: "You may call me about my roof.",
}
#: names of this machine that browsers hold for different origins
SAME_MACHINE = ("127.0.0.1", "localhost")


def site_address(settings: Settings) -> str:
    """The landing page's origin: the host people know the service by, on a port of its own."""
    return f"http://{_host(settings)}:{settings.demo_port}"


def form(settings: Settings) -> dict[str, Any]:
    """The form, as a program would post it to `/api/v1/forms`."""
    hosts = SAME_MACHINE if _host(settings) in SAME_MACHINE else (_host(settings),)
    return {
        "key": FORM,
        "name": "The guide to solar roofs",
        "fields": [
            {"key": "first_name", "label": "First name", "type": "text", "required": True},
            {"key": "email", "label": "Email", "type": "email", "required": True},
            {"key": "roof", "label": "Your roof", "type": "choice", "choices": list(ROOFS)},
            {"key": "bill", "label": "Electricity, euros a year", "type": "number"},
        ],
        "consents": [
            {"purpose": MAIL, "wording": WORDINGS[MAIL], "required": True},
            {"purpose": PHONE, "wording": WORDINGS[PHONE]},
        ],
        "thanks_url": f"{site_address(settings)}/thanks",
        "origins": [f"http://{host}:{settings.demo_port}" for host in hosts],
        "locale": "en",
    }


def segments() -> list[dict[str, Any]]:
    """Whom somebody should call, and whom to write to again."""
    calling = [{"consent": PHONE}, {"score": {"at_least": 30}}, {"not": {"stage": {"at_least": "customer"}}}]
    quiet = [{"consent": MAIL}, {"not": {"form": {"key": FORM, "within": "30 days"}}}]
    return [
        {"key": "worth-a-call", "name": "Worth a call", "condition": {"all": calling}},
        {"key": "gone-quiet", "name": "Gone quiet", "condition": {"all": quiet}},
    ]


def scoring() -> dict[str, Any]:
    """What gives points here: a roof that is known and a bill worth saving on say who a lead is."""
    form_again = {"points": 60, "per": "30 days"}
    return {
        "half_life": "30 days",
        "rules": [
            {
                "key": "guide",
                "name": "Asked for the guide",
                "when": {"event": "form_submitted", "form": FORM},
                "axis": "engagement",
                "points": 20,
                "at_most": form_again,
            },
            {
                "key": "unsubscribed",
                "name": "Wants no more letters",
                "when": {"event": "unsubscribed"},
                "axis": "engagement",
                "points": -40,
            },
            {
                "key": "bill",
                "name": "A bill worth saving on",
                "while": {"field": {"key": "bill", "at_least": 1200}},
                "axis": "fit",
                "points": 20,
            },
            {
                "key": "roof",
                "name": "Knows the roof",
                "while": {"any": [{"field": {"key": "roof", "is": roof}} for roof in ROOFS[:3]]},
                "axis": "fit",
                "points": 10,
            },
            {"key": "phone", "name": "May be called", "while": {"consent": PHONE}, "axis": "fit", "points": 15},
        ],
    }


def sequence() -> dict[str, Any]:
    """The nurturing sequence that the form leads into."""
    from nurture_sequences import yaml_documents  # here: `funnel up` asks this module for an address and stays small

    document: dict[str, Any] = yaml_documents.read((HERE / "sequence.yaml").read_text(encoding="utf-8"))
    return document


def _host(settings: Settings) -> str:
    host = urlsplit(settings.public_url).hostname or SAME_MACHINE[0]
    return f"[{host}]" if ":" in host else host
