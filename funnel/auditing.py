"""What the doors write into the audit log: who called, from where, and what the request changed or saw.

Every write of the API is noted without its view knowing. The entry is made in the transaction of the change: there is
neither a change without its entry nor an entry of a change that was refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import Session

from funnel import request_id
from funnel.crm import audit
from funnel.doors import client_network, current
from funnel.models.audit import READ_LEAD

#: path segments before the noun: `api`, `v1`
_PREFIX = 2
#: What may stand in the log as an id or a key. Anything else in an address might be somebody's name.
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: keys of a body that are noted, at most
_MOST_KEYS = 20


@dataclass
class Expected:
    """The entry that this request will make, if it comes to that."""

    actor: str
    action: str
    #: null: what the address says
    subject: str | None = None
    #: only when something was changed
    if_written: bool = False


def note(session: Session, actor: str, action: str, subject: str, detail: Mapping[str, Any] | None = None) -> None:
    """Write one entry for this request, in this transaction. For what no rule below notes: exports, sign-ins."""
    _write(session, actor, action, subject, detail)


def expect(actor: str, *, writes: bool) -> None:
    """Called before a view of the API: what its first transaction that commits will note.

    A write is noted when it has changed anything, under the name of its operation. Reading anything of one lead is
    noted as seeing that lead.
    """
    if writes:
        g.audit = Expected(actor, (request.endpoint or "").rpartition(".")[2], if_written=True)
    elif request.method == "GET" and "lead_id" in (request.view_args or {}):
        g.audit = Expected(actor, READ_LEAD)


def expect_nothing() -> None:
    """Called after a view: what is written from now on is no part of what the caller did."""
    g.pop("audit", None)


def about(subject: str) -> None:
    """Called by a view that makes something with an id of its own: its entry names that (`leads/12`)."""
    if expected := g.get("audit"):
        expected.subject = subject


def witness(session: Session) -> None:
    """Called by the database's handle before each commit: notes what was expected, once a request."""
    expected: Expected | None = g.get("audit") if has_request_context() else None
    if expected is None:
        return
    body = _body() if expected.if_written else {}
    detail = {"keys": keys} if (keys := _keys(body)) else {}
    subject = expected.subject or _subject(body)
    if not _write(session, expected.actor, expected.action, subject, detail, if_written=expected.if_written):
        return  # a transaction that only read: the one that changes something is still to come
    # Not before: a commit that fails is tried once more, with all it holds.
    event.listen(session, "after_commit", lambda _: g.pop("audit", None), once=True)


def _subject(body: Mapping[str, Any]) -> str:
    """What this request is about: the noun of its address, and the id or key that follows it or that the body names."""
    rule = str(request.url_rule).strip("/").split("/")[_PREFIX:]
    noun, *rest = request.path.strip("/").split("/")[_PREFIX:]
    named = rest[0] if len(rule) > 1 and rule[1].startswith("<") else body.get("key")
    return f"{noun}/{named}" if isinstance(named, str) and _KEY.fullmatch(named) else noun


def _keys(body: Mapping[str, Any]) -> list[str]:
    """Which parts of a thing a body names, never what it says of them."""
    return [key for key in body if _KEY.fullmatch(key)][:_MOST_KEYS]


def _body() -> Mapping[str, Any]:
    """What the view has read already; nothing for what is no JSON object."""
    if not request.is_json:
        return {}
    try:
        told = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _write(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
    *,
    if_written: bool = False,
) -> bool:
    return audit.note(
        session,
        actor,
        action,
        subject,
        current().wall(),
        detail,
        network=client_network(request.remote_addr),
        request_id=request_id.current(),
        if_written=if_written,
    )
