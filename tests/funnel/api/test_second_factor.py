"""Setting up a second factor, and the rule that everybody needs one."""

from datetime import timedelta
from urllib.parse import unquote

import pyotp
import pytest

from funnel.crm import passwords, second_factors
from funnel.models import User
from tests import people

CSRF = {"X-CSRF-Token": "the-token"}
PASSWORD = "correct horse battery"
FACTOR = "/api/v1/account/second-factor"


@pytest.fixture(scope="session")
def kept():
    return passwords.hashed(PASSWORD)


@pytest.fixture
def mia(session, context, kept):
    mia = people.user(session, at=context.wall())
    mia.password_hash = kept
    session.commit()
    return mia


@pytest.fixture
def here(app, session, context, mia):
    client = app.test_client()
    people.sign_in(session, client, mia, context.wall())
    session.commit()
    return client


def post(client, path="", **body):
    return client.post(f"{FACTOR}{path}", json=body, headers=CSRF)


def set_up(client):
    secret = post(client, password=PASSWORD).json["secret"]
    return secret, post(client, "/confirm", code=pyotp.TOTP(secret).now()).json["recovery_codes"]


def test_it_is_set_up_with_the_password_and_a_code(here, mia):
    started = post(here, password=PASSWORD)

    assert started.status_code == 201
    assert (
        started.json["uri"]
        == f"otpauth://totp/Funnel:mia%40funnel.example?secret={started.json['secret']}&issuer=Funnel"
    )
    assert started.json["qr"].startswith("data:image/svg+xml")
    assert "<script" not in unquote(started.json["qr"])
    assert here.get(FACTOR).json == {"on": False, "recovery_codes_left": 0}
    confirmed = post(here, "/confirm", code=pyotp.TOTP(started.json["secret"]).now())
    assert len(set(confirmed.json["recovery_codes"])) == 10
    assert here.get(FACTOR).json == {"on": True, "recovery_codes_left": 10}
    assert here.get("/api/v1/account").json["second_factor"] is True


@pytest.mark.parametrize("path", ["", "/recovery-codes", "/remove"])
def test_whoever_sits_at_an_open_browser_changes_nothing(here, path):
    answer = post(here, path, password="wrong")

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["password"])


def test_a_wrong_code_confirms_nothing(here):
    post(here, password=PASSWORD)

    answer = post(here, "/confirm", code="12345")

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["code"])
    assert here.get(FACTOR).json["on"] is False


def test_what_is_on_is_not_set_up_again_and_can_be_removed(here):
    _, codes = set_up(here)
    assert post(here, password=PASSWORD).json["code"] == "second_factor_on"
    assert post(here, "/confirm", code="123456").json["code"] == "second_factor_on"
    renewed = post(here, "/recovery-codes", password=PASSWORD).json["recovery_codes"]
    assert not set(renewed) & set(codes)

    assert post(here, "/remove", password=PASSWORD).status_code == 204

    assert here.get(FACTOR).json == {"on": False, "recovery_codes_left": 0}
    assert post(here, "/recovery-codes", password=PASSWORD).json["code"] == "no_second_factor"


def test_an_admin_resets_it_for_who_lost_the_phone(here, api, mia):
    set_up(here)

    assert api("DELETE", f"/users/{mia.id}/second-factor").status_code == 204

    assert here.get(FACTOR).json["on"] is False


class TestEverybodyNeedsOne:
    @pytest.fixture
    def required(self, api):
        assert api("PUT", "/sign-in", json={"factor_required": True}).json["factor_required"] is True

    def test_only_the_own_account_opens_before(self, required, here):
        refused = here.get("/api/v1/leads")
        assert (refused.status_code, refused.json["code"]) == (403, "second_factor_needed")
        session = here.get("/api/v1/session").json
        assert (session["second_factor_needed"], session["may"]) == (
            True,
            ["account:read", "account:write", "installation:read"],
        )

        set_up(here)

        assert here.get("/api/v1/leads").status_code == 200
        assert here.get("/api/v1/session").json["second_factor_needed"] is False

    def test_tokens_and_people_from_the_identity_provider_are_not_asked(
        self, required, app, api, session, context, mia
    ):
        client = app.test_client()
        people.sign_in(session, client, mia, context.wall(), way="provider")
        session.commit()

        assert client.get("/api/v1/leads").status_code == 200
        assert api("GET", "/leads").status_code == 200

    def test_it_can_be_asked_for_no_more(self, required, api, here):
        api("PUT", "/sign-in", json={"factor_required": False})

        assert here.get("/api/v1/leads").status_code == 200
        assert api("GET", "/sign-in").json == {"factor_required": False, "provider": False}


def test_a_code_is_good_for_the_session_of_nobody_else(here, session, mia, context):
    secret, _ = set_up(here)
    omar = people.user(session, "omar@funnel.example", at=context.wall())
    later = context.wall() + timedelta(minutes=2)

    with pytest.raises(second_factors.WrongCodeError):
        second_factors.check(session, omar, pyotp.TOTP(secret).at(later), context.settings.secret_keys, later)
    assert session.get(User, omar.id).factor is None
