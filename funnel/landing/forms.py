"""Door for visitors: the hosted form, and the post of a form wherever it stands."""

from __future__ import annotations

from typing import Any

from flask import Response, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from funnel import metrics, spool
from funnel.crm.errors import RepeatedError
from funnel.doors import wants_json
from funnel.landing import origins, posts
from funnel.landing.door import door, json
from funnel.landing.form_page import form_page, guarded, is_framed
from funnel.landing.known_forms import KnownForm, known_form
from funnel.landing.reading import capture_of
from funnel.landing.words import language, words
from funnel.schemas.submission import Filling


@door.get("/f/<key>", provide_automatic_options=False)
def show(key: str) -> Response:
    """The hosted page of a form."""
    return form_page(known_form(key), {}, {})


@door.route("/f/<key>", methods=["OPTIONS"], provide_automatic_options=False)
def ask(key: str) -> Response:
    """A browser asks whether the page it shows may post JSON here."""
    origins.admit(known_form(key).definition["origins"])
    return origins.preflight()


@door.post("/f/<key>", provide_automatic_options=False)
def submit(key: str) -> WerkzeugResponse:
    """Take one filling: 303 or 201 when it is kept, 422 with the problems when it is not."""
    form = known_form(key)
    g.language = form.definition["locale"]
    origins.admit(form.definition["origins"])
    posted = posts.read()
    filling = form.reader.read(posted)
    if filling.problems:
        metrics.count_submission("rejected")
        return _refuse(form, posted, filling)
    _keep(form, posted, filling)
    return _thank(form)


@door.get("/f/<key>/thanks")
def thanks(key: str) -> Response:
    """Where visitors land whose form names no page of its own for that, or stands in a frame."""
    form, framed = known_form(key), is_framed()
    wanted = form.definition["locale"]
    next_page = form.thanks_address if framed and form.definition["thanks_url"] else ""
    page = render_template(
        "landing/thanks.html", form=form, framed=framed, next_page=next_page, w=words(wanted), lang=language(wanted)
    )
    return guarded(form, page)


def _keep(form: KnownForm, posted: dict[str, Any], filling: Filling) -> None:
    told = capture_of(form, posted, filling)
    # What is suspicious gets the same answer, so that a bot learns nothing.
    kind, outcome = ("spam", "spam") if told.suspicion else ("submission", "accepted")
    try:
        done = spool.here().do(kind, str(told.submission_id), told)
    except RepeatedError:
        return  # it is written already, and gets the same answer
    metrics.count_submission("kept" if done is spool.KEPT else outcome)


def _thank(form: KnownForm) -> WerkzeugResponse:
    if wants_json():
        return json(201, {"status": "accepted", "redirect": form.thanks_address})
    # A page of somebody's website would open inside the frame.
    return redirect(url_for("landing.thanks", key=form.key, embed=1) if is_framed() else form.thanks, 303)


def _refuse(form: KnownForm, posted: dict[str, Any], filling: Filling) -> Response:
    w = words(form.definition["locale"])
    problems = {name: [w[problem] for problem in found] for name, found in filling.problems.items()}
    if wants_json():
        return json(422, {"errors": problems})
    response = form_page(form, posted, problems)
    response.status_code = 422
    return response
