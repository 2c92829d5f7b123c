"""Door for those who operate the service: does it live, can it work, how is it doing.

`/healthz` says that the process answers, and asks nobody else. `/readyz` says whether requests can be served: the
database answers and has the schema of this release; or it is away, and what forms bring can be kept. `/metrics` is
open to callers on this machine that came without a proxy (no `X-Forwarded-For`, no `Forwarded`); all others need a
token with the scope `metrics`. A proxy on this machine must therefore either add `X-Forwarded-For`, as they do by
default, or not pass `/metrics` on.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden, Unauthorized

from funnel import extensions, metrics, spool
from funnel.crm import tokens
from funnel.db import AWAY
from funnel.doors import current, engine_now, in_transaction

#: the same folder as in `funnel.migrate`, which is not imported here
REVISIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"

log = logging.getLogger(__name__)

door = Blueprint("health", __name__)


@door.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@door.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    try:
        found = in_transaction(_schema)
    except AWAY:
        return _without_database()
    except ProgrammingError:
        return {"status": "unavailable", "reason": "The database is empty: run `funnel migrate`."}, 503
    if found != head():
        reason = f"The database is at schema {found}, this release needs {head()}: run `funnel migrate`."
        return {"status": "unavailable", "reason": reason}, 503
    return {"status": "ok"}, 200


def _without_database() -> tuple[dict[str, str], int]:
    """Forms are still served while what they bring can be kept: a load balancer must not turn visitors away."""
    try:
        spool.here().store.check()
    except spool.StoreError as error:
        return {"status": "unavailable", "reason": f"The database does not answer, and {error}."}, 503
    reason = "The database does not answer. What forms bring is kept in FUNNEL_HOME/spool until it does."
    return {"status": "degraded", "reason": reason}, 200


@door.get("/metrics")
def read_metrics() -> Response:
    _permit()
    gauges = [*metrics.GAUGES, *extensions.here().gauges]
    try:
        now = engine_now()
        values = in_transaction(lambda session: [(gauge, gauge.read(session, current(), now)) for gauge in gauges])
        up = True
    except AWAY as error:
        log.warning("metrics without the database", extra={"error": type(error).__name__})
        values, up = [], False
    kept = spool.here().store.summary(current().wall())
    return Response(metrics.exposition(values, database_up=up, kept=kept), content_type=CONTENT_TYPE_LATEST)


@cache
def head() -> str:
    """The schema this release needs: the revision that no other one follows.

    Read from the files rather than through Alembic, which would cost every web process 12 MB.
    """
    sources = [path.read_text() for path in REVISIONS.glob("*.py")]
    revisions = {match[1] for source in sources for match in re.finditer(r'^revision = "(.+)"$', source, re.M)}
    followed = {match[1] for source in sources for match in re.finditer(r'^down_revision = "(.+)"$', source, re.M)}
    (newest,) = revisions - followed
    return newest


def _schema(session: Session) -> str | None:
    session.execute(text("SET LOCAL statement_timeout = '2s'"))
    found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _permit() -> None:
    """Raises Unauthorized or Forbidden."""
    if _on_this_machine():
        return
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("Metrics need a token with the scope metrics.")
    now = current().wall()
    token = in_transaction(lambda session: tokens.find(session, given.strip(), now))
    if token is None:
        raise Unauthorized("This token is not known.")
    if not tokens.allows(token.scopes, "metrics"):
        raise Forbidden("This token has not the scope metrics.")


def _on_this_machine() -> bool:
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
