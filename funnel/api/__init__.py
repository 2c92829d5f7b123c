"""Door for programs and for our own app: `/api/v1`, described by `/api/v1/openapi.json`."""

from __future__ import annotations

from collections.abc import Iterable

import flask
from sqlalchemy.orm import Session

from funnel import auditing, sessions
from funnel.api import (
    account,
    audit,
    board,
    bulk,
    changes,
    conversions,
    docs,
    exports,
    forms,
    goals,
    held,
    history,
    idempotency,
    ids,
    imports,
    installation,
    jobs,
    lead_edits,
    leads,
    limits,
    mailbox,
    maturity,
    merges,
    notes,
    owners,
    privacy,
    retention,
    rules,
    second_factor,
    segments,
    session,
    tasks,
    timeline,
    tokens,
    users,
    webhooks,
)
from funnel.api.description import Described, Manners
from funnel.api.errors import PAGES

OWN = (
    session.blueprint,
    forms.blueprint,
    leads.blueprint,
    held.blueprint,
    bulk.blueprint,
    board.blueprint,
    lead_edits.blueprint,
    timeline.blueprint,
    history.blueprint,
    changes.blueprint,
    exports.blueprint,
    maturity.blueprint,
    merges.blueprint,
    owners.blueprint,
    notes.blueprint,
    tasks.blueprint,
    rules.blueprint,
    segments.blueprint,
    jobs.blueprint,
    imports.blueprint,
    mailbox.blueprint,
    installation.blueprint,
    audit.blueprint,
    privacy.blueprint,
    retention.blueprint,
    users.blueprint,
    webhooks.blueprint,
    account.blueprint,
    tokens.blueprint,
    second_factor.blueprint,
    goals.blueprint,
    conversions.blueprint,
)
TOKEN = {"type": "http", "scheme": "bearer", "description": "`funnel token add --name N --scope S` makes one."}
SESSION = {"type": "apiKey", "in": "cookie", "name": "funnel", "description": "Signed in to the app; writes need CSRF."}


def _witness(session: Session) -> None:
    """What has to be written with the change that a request makes, in its transaction."""
    idempotency.witness(session)
    auditing.witness(session)


def register(app: flask.Flask, extra: Iterable[flask.Blueprint] = ()) -> None:
    """Mount the API. `extra` are parts that other packages bring (`funnel.api.blueprint.Blueprint`)."""
    sessions.configure(app)
    ids.configure(app)
    limits.configure(app, app.extensions["funnel"].settings)
    app.extensions["funnel"].database.witness = _witness
    app.config.update(
        API_TITLE="Funnel",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Described(app, spec_kwargs={"security": [{"token": []}, {"session": []}], "extra_plugins": [Manners()]})
    api.spec.components.security_scheme("token", TOKEN)
    api.spec.components.security_scheme("session", SESSION)
    for blueprint in (*OWN, *extra):
        api.register_blueprint(blueprint, url_prefix="/api/v1")
    app.after_request(merges.follow)
    app.add_url_rule("/api/docs", "api_docs", lambda: docs.page(api.spec.to_dict()))
    app.add_url_rule(f"{PAGES}<code>", "api_problem", docs.problem_page)
