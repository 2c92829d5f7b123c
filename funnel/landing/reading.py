"""From a post to what is kept of it: the visitor's answers, and what came along unasked, cut to what we may keep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from flask import request

from funnel.crm.leads import Capture
from funnel.crm.touches import touched
from funnel.doors import client_network
from funnel.landing import posts, stamps
from funnel.landing.known_forms import KnownForm
from funnel.landing.proof import user_agent
from funnel.posted import CLICK_IDS, HONEYPOT, UTM
from funnel.schemas.submission import Filling

_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}\Z")


def capture_of(form: KnownForm, posted: dict[str, Any], filling: Filling) -> Capture:
    """What to write of this request. Nothing a visitor sent is trusted, only cut, checked and cleaned."""
    page = posts.text_of(posted, "page_url") or posts.text_of(posted, "page") or request.referrer
    return Capture(
        submission_id=posts.submission_id(posted, form.id, filling.values["email"]),
        form_id=form.id,
        form_key=form.key,
        form_version=form.version,
        email=filling.values["email"],
        values=filling.values,
        agreed=filling.agreed,
        mail_purposes=form.mail_purposes,
        double_opt_in=form.definition["double_opt_in"],
        touch=touched(_tracking(posted), page, posts.text_of(posted, "referrer")),
        zone=_zone(posts.text_of(posted, "tz")),
        locale=_locale(posts.text_of(posted, "locale")) or form.definition["locale"] or None,
        ip=client_network(request.remote_addr),
        user_agent=user_agent(),
        suspicion=_suspicion(form, posted),
    )


def _suspicion(form: KnownForm, posted: dict[str, Any]) -> str | None:
    """Why this may be a program's doing: it filled in the field that people do not see, or its stamp tells."""
    if posted.get(HONEYPOT):
        return "honeypot"
    return stamps.suspicion(form.id, posts.text_of(posted, "stamp"))


def _tracking(posted: dict[str, Any]) -> dict[str, str]:
    """Tracking parameters of the body, else of the query of the address that was posted to."""
    query: Mapping[str, str] = request.args if request.query_string else {}
    told = {name: posts.text_of(posted, name) or query.get(name) for name in (*UTM, *CLICK_IDS)}
    return {name: value.replace("\0", "") for name, value in told.items() if value}


def _zone(name: str | None) -> str | None:
    return name if name in _zones() else None


@cache
def _zones() -> set[str]:
    return available_timezones()


def _locale(written: str | None) -> str | None:
    return written if written and _LOCALE.match(written) else None
