"""Pure: what every form post may carry besides the form's own fields. All of it is untrusted."""

from __future__ import annotations

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")
CLICK_IDS = ("gclid", "gbraid", "wbraid", "fbclid", "li_fat_id", "ttclid", "msclkid", "twclid")
#: People never see this field, so who fills it is a program. Its name is one that browsers do not fill in.
HONEYPOT = "hp_note"
RESERVED = frozenset(
    {
        *UTM,
        *CLICK_IDS,
        HONEYPOT,
        "submission_id",
        "stamp",
        "tz",
        "locale",
        "page",
        "page_url",
        "referrer",
        "only_ticked",
    }
)
