"""The second factor of one's own account, and the rule that everybody needs one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import segno
from sqlalchemy.orm import Session

from funnel.api.account import check_own_password, own_session
from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.users import USER, present
from funnel.crm import installation, second_factors
from funnel.doors import current, in_transaction
from funnel.models import User
from funnel.schemas.common import ErrorOut
from funnel.schemas.second_factor import (
    AgainIn,
    CodeIn,
    FactorOut,
    FactorStartedOut,
    RecoveryCodesOut,
    SignInIn,
    SignInOut,
)

T = TypeVar("T")

blueprint = Blueprint("second_factor", __name__, description="A code of an authenticator app besides the password.")

FACTOR = "/account/second-factor"
ON_ALREADY = "There is a second factor already."


@blueprint.route(FACTOR)
@requires("account:read")
@blueprint.response(200, FactorOut)
def read_factor() -> dict[str, Any]:
    """Whether signing in asks for a code, and how many recovery codes are left."""
    return _of_own(
        lambda session, user: {
            "on": user.factor_at is not None,
            "recovery_codes_left": second_factors.codes_left(session, user),
        }
    )


@blueprint.route(FACTOR, methods=["POST"])
@requires("account:write")
@blueprint.arguments(AgainIn)
@blueprint.response(201, FactorStartedOut)
@blueprint.alt_response(409, schema=ErrorOut, description=ON_ALREADY)
def start_factor(again: dict[str, str]) -> dict[str, str]:
    """A secret for an authenticator app. Nothing changes before a code of it is confirmed."""
    check_own_password(own_session(), again["password"], "password")

    def work(_: Session, user: User) -> dict[str, str]:
        secret = second_factors.start(user, _keys())
        uri = second_factors.address(user, secret)
        return {"secret": secret, "uri": uri, "qr": segno.make(uri, error="m").svg_data_uri(scale=4, light="#ffffff")}

    return _of_own(work)


@blueprint.route(f"{FACTOR}/confirm", methods=["POST"])
@requires("account:write")
@blueprint.arguments(CodeIn)
@blueprint.response(200, RecoveryCodesOut)
@blueprint.alt_response(409, schema=ErrorOut, description=ON_ALREADY)
def confirm_factor(given: dict[str, str]) -> dict[str, Any]:
    """The app shows the right codes: from now on signing in asks for one."""
    return _of_own(
        lambda session, user: {
            "recovery_codes": second_factors.confirm(session, user, given["code"], _keys(), current().wall())
        }
    )


@blueprint.route(f"{FACTOR}/recovery-codes", methods=["POST"])
@requires("account:write")
@blueprint.arguments(AgainIn)
@blueprint.response(200, RecoveryCodesOut)
@blueprint.alt_response(409, schema=ErrorOut, description="There is no second factor.")
def renew_recovery_codes(again: dict[str, str]) -> dict[str, Any]:
    """New recovery codes; the old ones open nothing any more."""
    check_own_password(own_session(), again["password"], "password")

    def work(session: Session, user: User) -> dict[str, Any]:
        if user.factor_at is None:
            refuse(409, "no_second_factor", "There is no second factor: set one up first.")
        return {"recovery_codes": second_factors.renew_codes(session, user)}

    return _of_own(work)


@blueprint.route(f"{FACTOR}/remove", methods=["POST"])
@requires("account:write")
@blueprint.arguments(AgainIn)
@blueprint.response(204)
def remove_factor(again: dict[str, str]) -> None:
    """Signing in asks for no code any more."""
    check_own_password(own_session(), again["password"], "password")
    _of_own(second_factors.remove)


@blueprint.route(f"{USER}/second-factor", methods=["DELETE"])
@requires("users:write")
@blueprint.response(204)
def reset_factor(user_id: int) -> None:
    """For somebody who lost the authenticator app and the recovery codes. Make sure that it is this person who asks."""
    in_transaction(lambda session: second_factors.remove(session, present(session, user_id)))


@blueprint.route("/sign-in")
@requires("users:read")
@blueprint.response(200, SignInOut)
def read_sign_in() -> dict[str, bool]:
    """How people sign in here."""
    return _told(in_transaction(installation.read).factor_required)


@blueprint.route("/sign-in", methods=["PUT"])
@requires("users:write")
@blueprint.arguments(SignInIn)
@blueprint.response(200, SignInOut)
def change_sign_in(change: dict[str, bool]) -> dict[str, bool]:
    """Whether everybody who signs in with a password needs a second factor. It holds from the next request on."""
    in_transaction(lambda session: installation.require_factor(session, change["factor_required"]))
    return _told(change["factor_required"])


def _told(factor_required: bool) -> dict[str, bool]:
    return {"factor_required": factor_required, "provider": current().settings.provider is not None}


def _of_own(work: Callable[[Session, User], T]) -> T:
    """Do something with the own account. What cannot be ends the request with 409 or 422."""
    user_id = own_session().user.id
    try:
        return in_transaction(lambda session: work(session, session.get_one(User, user_id)))
    except second_factors.FactorOnError:
        refuse(409, "second_factor_on", f"{ON_ALREADY} Remove it first.")
    except second_factors.WrongCodeError:
        told = "This is not the code of now. Is the clock of the phone right?"
        refuse(422, "invalid", "The request is not valid.", {"code": [told]})


def _keys() -> tuple[bytes, ...]:
    return current().settings.secret_keys
