"""Signing in with a second factor: the code after the password, and how guessing it gets slow."""

from datetime import timedelta

import pyotp
import pytest

from funnel import sessions
from funnel.crm import roles, second_factors, users
from funnel.models import User
from tests.funnel.ui.conftest import EMAIL, PASSWORD, token_on

WRONG = "000000"


@pytest.fixture
def phone(user, context):
    """Mia's authenticator app: her secret, and her recovery codes."""
    before = context.wall() - timedelta(hours=1)
    with context.database.transaction() as session:
        mia, keys = session.get_one(User, user), context.settings.secret_keys
        secret = second_factors.start(mia, keys)
        return secret, second_factors.confirm(session, mia, pyotp.TOTP(secret).at(before), keys, before)


@pytest.fixture
def code(phone):
    return pyotp.TOTP(phone[0]).now()


@pytest.fixture
def password_given(phone, submit):
    return submit("/app/login", email=EMAIL, password=PASSWORD, next="/app/leads?tag=x")


def enter(submit, code, **more):
    return submit("/app/login/code", seen_on="/app/login/code", code=code, **more)


def test_the_password_alone_opens_nothing(password_given, browser):
    assert (password_given.status_code, password_given.location) == (303, "/app/login/code?next=/app/leads?tag%3Dx")
    assert browser.get("/app/").location.startswith("/app/login")
    assert browser.get("/api/v1/leads").status_code == 401


def test_the_code_opens_and_leads_where_one_was_going(password_given, browser, submit, code):
    answer = submit("/app/login/code", seen_on=password_given.location, code=code, next="/app/leads?tag=x")

    assert answer.location == "/app/leads?tag=x"
    assert browser.get("/api/v1/session").json["user"]["email"] == EMAIL


def test_a_recovery_code_opens_once(password_given, browser, submit, phone, app):
    assert enter(submit, phone[1][0]).location == "/app/"
    browser.delete_cookie("funnel")
    submit("/app/login", email=EMAIL, password=PASSWORD)

    assert enter(submit, phone[1][0]).status_code == 422


def test_a_used_code_opens_no_second_browser(password_given, browser, submit, code):
    enter(submit, code)
    browser.delete_cookie("funnel")
    submit("/app/login", email=EMAIL, password=PASSWORD)

    answer = enter(submit, code)

    assert answer.status_code == 422
    assert "opens nothing" in answer.text


def test_without_the_password_there_is_no_second_step(phone, browser, submit, code):
    assert browser.get("/app/login/code").location == "/app/login"
    assert submit("/app/login/code", code=code).location == "/app/login"
    assert browser.get("/api/v1/leads").status_code == 401


def test_the_second_step_has_five_minutes(password_given, browser, submit, code, monkeypatch):
    monkeypatch.setattr(sessions, "SECOND_STEP", timedelta(0))

    assert browser.get("/app/login/code").location == "/app/login"


def test_who_is_removed_between_the_steps_stays_out(password_given, browser, submit, code, context, user):
    with context.database.transaction() as session:
        users.add(session, "omar@funnel.example", PASSWORD, context.wall(), role="admin")
        users.remove(session, users.find(session, user), context.wall())

    assert enter(submit, code).status_code == 422
    assert browser.get("/api/v1/leads").status_code == 401


@pytest.mark.parametrize("role", roles.ROLES)
def test_codes_are_guessed_five_times_and_the_right_password_frees_no_more(role, phone, submit, code, context, user):
    with context.database.transaction() as session:
        users.add(session, "omar@funnel.example", PASSWORD, context.wall(), role="admin")
        users.set_role(session, users.find(session, user), role)
    answers = []
    for _ in range(6):
        submit("/app/login", email=EMAIL, password=PASSWORD)
        answers.append(enter(submit, WRONG if code != WRONG else "111111").status_code)

    assert answers == [422] * 5 + [429]
    assert enter(submit, code).status_code == 429


def test_guesses_from_many_addresses_wait_as_well(password_given, browser, code):
    form = {"csrf": token_on(browser, "/app/login/code"), "code": WRONG if code != WRONG else "111111"}

    answers = [
        browser.post("/app/login/code", data=form, environ_base={"REMOTE_ADDR": f"198.51.100.{n}"}) for n in range(6)
    ]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


def test_the_code_waits_although_it_is_right(password_given, submit, code):
    for _ in range(5):
        enter(submit, WRONG if code != WRONG else "111111")

    answer = enter(submit, code)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 30


def test_a_post_without_our_token_is_refused(password_given, browser, code):
    assert browser.post("/app/login/code", data={"code": code}).status_code == 400
