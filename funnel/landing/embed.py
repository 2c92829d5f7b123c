"""Forms on other people's pages: the script that draws them, the frame, and what the script has to know of a form."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, request, send_from_directory

from funnel.landing import origins, stamps
from funnel.landing.door import door, json
from funnel.landing.form_page import INPUTS, autocomplete
from funnel.landing.known_forms import known_form
from funnel.landing.words import language, words
from funnel.posted import HONEYPOT
from funnel.uibuild import EMBED, EMBED_BUILT

#: seconds that browsers keep the scripts: `v1` is a promise, a breaking change is a `v2`
KEPT_SECONDS = 3600
_WORDS = ("required", "choose", "send", "problems", "thanks", "offline")


@door.get("/f/<key>/definition", provide_automatic_options=False)
def definition(key: str) -> Response:
    """What `/embed/v1.js` draws a form from, in the form's language or the visitor's. Only for the form's websites."""
    form = known_form(key)
    origins.admit(form.definition["origins"])
    spoken = language(form.definition["locale"])
    w = words(spoken)
    thanks_text = w["thanks_confirm" if form.definition["double_opt_in"] else "thanks_text"]
    return json(
        200,
        {
            "key": form.key,
            "language": spoken,
            "questions": [*map(_field, form.definition["fields"]), *map(_consent, form.definition["consents"])],
            "honeypot": HONEYPOT,
            "stamp": stamps.stamp(form.id),
            "redirects": bool(form.definition["thanks_url"]),
            "words": {name: w[name] for name in _WORDS} | {"thanks_text": thanks_text},
            "css": _css(),
        },
    )


def _field(field: dict[str, Any]) -> dict[str, Any]:
    return field | {"input": INPUTS.get(field["type"], "text"), "autocomplete": autocomplete(field)}


def _consent(consent: dict[str, Any]) -> dict[str, Any]:
    """A consent is drawn as a box to tick."""
    wording, required = consent["wording"], consent["required"]
    return {"key": consent["purpose"], "label": wording, "required": required, "type": "checkbox"}


@door.get("/embed/<any('v1.js', 'frame.js'):name>")
def script(name: str) -> Response:
    """The scripts: small where they were built, as they were written where not."""
    folder = EMBED_BUILT if (EMBED_BUILT / name).is_file() else EMBED
    packed = bool(request.accept_encodings["gzip"]) and (folder / f"{name}.gz").is_file()
    response = send_from_directory(
        folder, f"{name}.gz" if packed else name, mimetype="text/javascript", max_age=KEPT_SECONDS
    )
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    # Pages that isolate themselves load only what says so.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@cache
def _css() -> str:
    return (Path(__file__).parents[1] / "static" / "form.css").read_text(encoding="utf-8")
