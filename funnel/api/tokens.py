"""Keys for programs: listed, made, revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from werkzeug.exceptions import NotFound

from funnel import auditing
from funnel.api.auth import caller, requires, scopes
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.crm import tokens
from funnel.crm.keyset import Page
from funnel.doors import current, in_transaction
from funnel.models import Token
from funnel.schemas.common import LARGEST_ID, PageQuery
from funnel.schemas.token import MintedOut, ScopesOut, TokenIn, TokenOut, TokensOut

blueprint = Blueprint("tokens", __name__, description="Keys for programs that use the API.")

TOKEN = f"/tokens/<int(max={LARGEST_ID}):token_id>"


@blueprint.route("/tokens")
@requires("tokens:read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, TokensOut)
def list_tokens(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """All tokens, also those that ended, the newest first."""
    now, after, limit = current().wall(), query.get("cursor"), query["limit"]
    page = in_transaction(lambda session: tokens.page(session, after=after, limit=limit))
    return Page([_told(token, now) for token in page.items], page.next)


@blueprint.route(TOKEN)
@requires("tokens:read")
@blueprint.response(200, TokenOut)
def read_token(token_id: int) -> dict[str, Any]:
    """One token: what it may do, and when it was used last."""
    token = in_transaction(lambda session: tokens.by_id(session, token_id))
    if token is None:
        raise NotFound("There is no such token.")
    return _told(token, current().wall())


@blueprint.route("/tokens", methods=["POST"])
@requires("tokens:write")
@blueprint.arguments(TokenIn)
@blueprint.response(201, MintedOut)
def create_token(asked: dict[str, Any]) -> dict[str, Any]:
    """A new token, told only in this answer. It can be given no scope that its maker has not."""
    now, by = current().wall(), caller()
    if refused := tokens.beyond(scopes(), asked["scopes"]):
        errors = {"scopes": [f"You may not hand on {', '.join(refused)}: you have no such scope yourself."]}
        refuse(422, "invalid", "The request is not valid.", errors)
    if asked["expires_at"] is not None and asked["expires_at"] <= now:
        refuse(422, "invalid", "The request is not valid.", {"expires_at": ["Must lie in the future."]})
    with current().database.transaction() as session:
        made, text = tokens.mint(session, **asked, now=now, created_by=by)
        auditing.about(f"tokens/{made.id}")
        return _told(made, now) | {"token": text}


@blueprint.route(TOKEN, methods=["DELETE"])
@requires("tokens:write")
@blueprint.response(204)
def revoke_token(token_id: int) -> None:
    """End a token at once. One that has ended already stays as it was."""
    now = current().wall()
    if not in_transaction(lambda session: tokens.revoke(session, token_id, now)):
        raise NotFound("There is no such token.")


@blueprint.route("/tokens/scopes")
@requires("tokens:read")
@blueprint.response(200, ScopesOut)
def list_scopes() -> dict[str, Any]:
    """What a token can be allowed to do. `x:write` includes `x:read`."""
    mine = scopes()
    return {
        "items": [
            {"scope": scope, "means": means, "yours": tokens.allows(mine, scope)}
            for scope, means in tokens.SCOPES.items()
        ]
    }


def _told(token: Token, now: datetime) -> dict[str, Any]:
    columns = ("id", "name", "scopes", "created_at", "created_by", "expires_at", "last_used_at", "revoked_at")
    return {name: getattr(token, name) for name in columns} | {"status": tokens.status(token, now)}
