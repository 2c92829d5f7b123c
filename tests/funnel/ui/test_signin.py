"""Signing in: who gets in, who waits, and what the cookie is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from funnel.app import create_app
from funnel.crm import logins, users
from funnel.models import AuditEntry
from tests import people
from tests.funnel.ui.conftest import EMAIL, PASSWORD


def test_the_right_password_opens_the_app(user, browser, submit):
    answer = submit("/app/login", email=" MIA@funnel.example ", password=PASSWORD)

    assert (answer.status_code, answer.location) == (303, "/app/")
    assert browser.get("/app/").status_code == 200


def test_a_page_asked_for_before_signing_in_is_shown_after_it(user, browser, submit):
    sent = browser.get("/app/leads?search=a%26b")
    answer = submit("/app/login", seen_on=sent.location, email=EMAIL, password=PASSWORD, next="/app/leads?search=a%26b")

    assert sent.location == "/app/login?next=/app/leads?search%3Da%2526b"
    assert answer.location == "/app/leads?search=a%26b"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/app/\\evil", "/app/login", "/app/logout", "/api/"],
)
def test_signing_in_never_leads_elsewhere(user, submit, elsewhere):
    assert submit("/app/login", email=EMAIL, password=PASSWORD, next=elsewhere).location == "/app/"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong"),
        (EMAIL, ""),
        ("", ""),
        ("nobody@funnel.example", PASSWORD),
        (f"{EMAIL}\x00", "\x00wrong\x00"),
        (EMAIL, "x" * 5000),
        ("é" * 400, "\ud83d\ude00"),
    ],
)
def test_anything_else_does_not(user, browser, submit, email, password):
    answer = submit("/app/login", email=email, password=password.encode("utf-8", "replace").decode())

    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert browser.get("/app/").status_code == 303


def test_the_sixth_try_waits_even_with_the_right_password(user, submit):
    for _ in range(5):
        submit("/app/login", email=EMAIL, password="wrong")

    answer = submit("/app/login", email=EMAIL, password=PASSWORD)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 30


def test_who_signs_in_and_who_tries_is_noted_without_the_address_that_was_typed(user, submit, context):
    submit("/app/login", email="stranger@example.com", password="wrong")
    submit("/app/login", email=EMAIL, password="wrong")
    submit("/app/login", email=EMAIL, password=PASSWORD)

    with context.database.transaction() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    mine = rows[-1].subject
    assert [(row.actor, row.action, row.subject) for row in rows] == [
        ("nobody", "sign_in_failed", "users"),
        ("nobody", "sign_in_failed", mine),
        (mine.replace("users/", "user "), "sign_in", mine),
    ]


def test_a_form_without_our_token_does_nothing(user, browser):
    browser.get("/app/login")

    for data in ({}, {"csrf": "x"}, {"csrf": "é"}):
        assert browser.post("/app/login", data={"email": EMAIL, "password": PASSWORD} | data).status_code == 400
        assert browser.post("/app/logout", data=data).status_code == 400


def test_signing_out_closes_the_app(signed_in):
    signed_in.post("/app/logout", data={"csrf": signed_in.get("/api/v1/session").json["csrf"]})

    assert signed_in.get("/app/").location.startswith("/app/login")


def test_signing_out_ends_the_session_for_a_copy_of_the_cookie_too(signed_in, app):
    thief = app.test_client()
    thief.set_cookie("funnel", signed_in.get_cookie("funnel").value)
    assert thief.get("/app/").status_code == 200

    signed_in.post("/app/logout", data={"csrf": signed_in.get("/api/v1/session").json["csrf"]})

    assert thief.get("/app/").location.startswith("/app/login")


def test_a_removed_user_is_out_at_once_and_stays_out(signed_in, user, context, app):
    with context.database.transaction() as session:
        people.user(session, "omar@funnel.example", at=context.wall())
        users.remove(session, users.find(session, user), context.wall())

    assert signed_in.get("/app/").location.startswith("/app/login")
    assert signed_in.get("/api/v1/leads").status_code == 401


def test_a_removed_user_gets_no_new_session(user, submit, context):
    with context.database.transaction() as session:
        people.user(session, "omar@funnel.example", at=context.wall())
        users.remove(session, users.find(session, user), context.wall())

    assert submit("/app/login", email=EMAIL, password=PASSWORD).status_code == 422


def test_the_token_against_forged_writes_is_in_the_cookie_from_the_start(user, browser, submit):
    submit("/app/login", email=EMAIL, password=PASSWORD)
    cookie = browser.get_cookie("funnel").value

    told = []
    for _ in range(2):  # two questions at once carry the same cookie
        browser.set_cookie("funnel", cookie)
        told.append(browser.get("/api/v1/session").json["csrf"])

    assert told[0] == told[1]


def test_a_new_password_ends_old_sessions(signed_in, user, context):
    with context.database.transaction() as session:
        users.set_password(session, users.find(session, user), "another one, quite long")

    assert signed_in.get("/app/").location.startswith("/app/login")


@pytest.mark.parametrize(("public_url", "secure"), [("https://funnel.example", True), ("http://127.0.0.1:8000", False)])
def test_the_cookie_is_for_us_alone(context, public_url, secure):
    from dataclasses import replace

    context.settings = replace(context.settings, public_url=public_url)
    cookie = create_app(context.settings, context=context).test_client().get("/app/login").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is secure


def test_a_forged_cookie_is_nobody(user, browser):
    browser.set_cookie("funnel", "eyJ1c2VyIjoxfQ.aaaa.bbbb")

    assert browser.get("/app/").status_code == 303


def test_waits_double_up_to_a_quarter_of_an_hour():
    waits = [logins.wait_after(failures) for failures in (0, 4, 5, 6, 9, 10, 1000)]

    seconds = [0, 0, 30, 60, 480, 900, 900]
    assert waits == [timedelta(seconds=one) for one in seconds]
