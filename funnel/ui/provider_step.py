"""Signing in at the identity provider: off with a question, back with an answer."""

from __future__ import annotations

import logging

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from funnel import auditing, provider, sessions
from funnel.config import Provider
from funnel.crm import audit, identities, user_sessions
from funnel.doors import current, in_transaction
from funnel.models import User
from funnel.provider import AwayError, Identity, ProviderError
from funnel.ui import language
from funnel.ui.blueprint import Pages, public
from funnel.ui.signin import complete, next_page, page

log = logging.getLogger(__name__)

BACK = "/login/back"


def go_to_provider() -> Response | tuple[str, int]:
    """Off to the provider, with a question that only this browser can bring the answer to."""
    try:
        address, question = provider.ask(_provider(), _redirect_uri())
    except AwayError as error:
        return _failed(error)
    sessions.go_away(question, next_page())
    return redirect(address, 303)


def come_back() -> Response | tuple[str, int]:
    """Who the provider says this is, is signed in, if there is such a user."""
    asked, here = sessions.come_back(), _provider()
    try:
        if asked is None:
            raise ProviderError("this browser was not sent off")
        identity = provider.answer(here, asked[0], request.args, _redirect_uri(), current().wall())
        in_transaction(lambda session: _sign_in(session, here, identity))
    except ProviderError as error:
        return _failed(error)
    except identities.UnverifiedError:
        word = language.chosen().word
        return page(
            error=word("The identity provider does not vouch for your address. Ask its administrator to verify it.")
        ), 403
    except identities.StrangerError:
        in_transaction(lambda session: auditing.note(session, audit.NOBODY, "sign_in_failed", "users", _WAY))
        word = language.chosen().word
        return page(error=word("You are not among the people of this installation. An admin can invite you.")), 403
    return redirect(asked[1] or url_for("ui.home"), 303)


def add_to(door: Pages) -> None:
    """The addresses of this part."""
    door.add_url_rule("/login/provider", view_func=public(go_to_provider))
    door.add_url_rule(BACK, view_func=public(come_back))


_WAY = {"way": user_sessions.PROVIDER}


def _provider() -> Provider:
    """Raises NotFound where people sign in with a password alone."""
    found = current().settings.provider
    if found is None:
        raise NotFound
    return found


def _redirect_uri() -> str:
    return f"{current().settings.public_url}/app{BACK}"


def _sign_in(session: Session, here: Provider, who: Identity) -> User:
    user = identities.admit(
        session, who.issuer, who.subject, who.email, who.email_verified, who.name, here.domains, current().wall()
    )
    complete(session, user, user_sessions.PROVIDER)
    return user


def _failed(error: ProviderError) -> tuple[str, int]:
    """The reason is in the log: it is the operator's, or an attacker's, and tells the reader nothing."""
    log.warning("not signed in at the identity provider", extra={"reason": str(error)})
    word = language.chosen().word
    if isinstance(error, AwayError):
        return page(error=word("The identity provider does not answer. Please try again in a moment.")), 502
    return page(error=word("You were not signed in. Please start again.")), 403
