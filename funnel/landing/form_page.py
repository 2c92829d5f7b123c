"""The page of a form: empty, or with what was typed and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import Response, make_response, render_template, request
from werkzeug.urls import iri_to_uri

from funnel.landing import posts, stamps
from funnel.landing.door import PAGE_POLICY
from funnel.landing.known_forms import KnownForm
from funnel.landing.origins import origin_of
from funnel.landing.words import language, words
from funnel.posted import CLICK_IDS, HONEYPOT, UTM
from funnel.schemas.submission import agrees

#: what browsers may fill in by themselves (WCAG 2.2, success criterion 1.3.5), by field key
AUTOCOMPLETE = {
    "email": "email",
    "name": "name",
    "full_name": "name",
    "first_name": "given-name",
    "last_name": "family-name",
    "company": "organization",
    "organization": "organization",
    "job_title": "organization-title",
    "phone": "tel",
    "city": "address-level2",
    "postal_code": "postal-code",
    "country": "country-name",
    "website": "url",
}
INPUTS = {"text": "text", "email": "email", "phone": "tel", "number": "text", "date": "date"}
_CARRIED = (*UTM, *CLICK_IDS, "submission_id", "stamp", "tz", "locale", "page_url", "referrer")


def form_page(form: KnownForm, posted: dict[str, Any], problems: Mapping[str, Sequence[str]]) -> Response:
    """The hosted page; `posted` are the values to keep in it, `problems` the sentences to show, by name."""
    wanted = form.definition["locale"]
    page = render_template(
        "landing/form.html",
        form=form,
        posted=posted,
        problems=problems,
        labels={f["key"]: f["label"] for f in form.definition["fields"]},
        agrees=agrees,
        hidden=_hidden(form, posted),
        autocomplete=autocomplete,
        inputs=INPUTS,
        honeypot=HONEYPOT,
        framed=is_framed(),
        w=words(wanted),
        lang=language(wanted),
    )
    return guarded(form, page)


def autocomplete(field: Mapping[str, Any]) -> str:
    """What a browser may fill in by itself."""
    return AUTOCOMPLETE.get(field["key"]) or ("tel" if field["type"] == "phone" else "")


def is_framed() -> bool:
    """Whether `/embed/v1.js` put this page into a frame."""
    return request.args.get("embed") == "1"


def guarded(form: KnownForm, page: str) -> Response:
    """The page with its policy: which pages may frame it, where its form may lead."""
    response = make_response(page)
    response.headers["Content-Security-Policy"] = _policy(form) + ("; script-src 'self'" if is_framed() else "")
    return response


def _hidden(form: KnownForm, posted: dict[str, Any]) -> dict[str, str]:
    """What goes along with the answers: where the visitor came from, and an id that makes a double click one post."""
    told = (*UTM, *CLICK_IDS, *(("page_url", "referrer") if is_framed() else ()))
    arrived = {name: value for name in told if (value := request.args.get(name))}
    first = {
        "submission_id": str(uuid4()),
        "referrer": request.referrer or "",
        "locale": language(form.definition["locale"]),
    }
    if not posted:  # who puts a refused filling right has typed already, however quickly it is done
        first["stamp"] = stamps.stamp(form.id)
    own = {f["key"]: request.args.get(f["key"], "") for f in form.definition["fields"] if f["type"] == "hidden"}
    kept = {name: value for name in (*_CARRIED, *own) if (value := posts.text_of(posted, name))}
    return first | arrived | own | kept


def _policy(form: KnownForm) -> str:
    """Browsers check `form-action` on the redirect too, so the thanks page's origin has to be named."""
    origins = form.definition["origins"]
    actions = ["'self'", origin_of(iri_to_uri(form.definition["thanks_url"])) or ""]
    return PAGE_POLICY.format(actions=" ".join(actions).strip(), frames=" ".join(["'self'", *origins]))
