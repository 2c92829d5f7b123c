"""One's own account: name, language, password, sessions."""

import pytest

from funnel.crm import passwords, users
from funnel.models import AuditEntry, User
from tests import people

CSRF = {"X-CSRF-Token": "the-token"}
PASSWORD = "correct horse battery"


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
def browser(app, session, context, mia):
    """Makes browsers in which Mia is signed in."""

    def make():
        client = app.test_client()
        people.sign_in(session, client, mia, context.wall())
        session.commit()
        return client

    return make


@pytest.fixture
def here(browser):
    return browser()


def change_password(client, current, new):
    return client.put("/api/v1/account/password", json={"current": current, "new": new}, headers=CSRF)


def test_it_tells_who_one_is(here, mia):
    assert here.get("/api/v1/account").json == {
        "id": mia.id,
        "name": "Mia",
        "email": "mia@funnel.example",
        "role": "admin",
        "active": True,
        "state": "active",
        "language": None,
        "has_password": True,
        "second_factor": False,
    }


def test_name_and_language_are_changed_and_nothing_else(here):
    told = here.patch("/api/v1/account", json={"name": " Mia B. ", "language": "fr"}, headers=CSRF).json
    assert (told["name"], told["language"]) == ("Mia B.", "fr")

    for change in ({"role": "viewer"}, {"email": "x@y.example"}, {"language": "de"}, {"name": " "}):
        assert here.patch("/api/v1/account", json=change, headers=CSRF).status_code == 422


def test_a_new_password_ends_the_other_sessions_and_no_one_elses(here, browser, session, context, app, mia):
    elsewhere, omars = browser(), app.test_client()
    people.sign_in(session, omars, people.user(session, "omar@x.example", at=context.wall()), context.wall())
    session.commit()

    assert change_password(here, PASSWORD, "another horse battery").status_code == 204

    assert [one.get("/api/v1/account").status_code for one in (here, elsewhere, omars)] == [200, 401, 200]
    session.refresh(mia)
    assert users.check_password(session, mia.email, "another horse battery")


@pytest.mark.parametrize(
    ("current", "new", "field"), [("wrong", "another horse battery", "current"), (PASSWORD, "short", "new")]
)
def test_a_wrong_or_weak_password_changes_nothing(here, session, mia, current, new, field):
    answer = change_password(here, current, new)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert users.check_password(session, mia.email, PASSWORD)


def test_whoever_sits_at_an_open_browser_cannot_guess_for_long(here):
    answers = [change_password(here, "wrong", "another horse battery").json["errors"] for _ in range(6)]

    assert answers[:5] == [{"current": ["This is not your password."]}] * 5
    assert "Please wait" in answers[5]["current"][0]
    assert "Please wait" in change_password(here, PASSWORD, "another horse battery").json["errors"]["current"][0]


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(here, browser):
    there, third = browser(), browser()
    told = here.get("/api/v1/account/sessions").json["items"]
    assert [one["here"] for one in told].count(True) == 1
    assert {one["agent"] for one in told} == {"a test"}
    of_there = next(one["id"] for one in there.get("/api/v1/account/sessions").json["items"] if one["here"])

    assert here.delete(f"/api/v1/account/sessions/{of_there}", headers=CSRF).status_code == 204
    assert here.delete(f"/api/v1/account/sessions/{of_there}", headers=CSRF).status_code == 404
    assert [one.get("/api/v1/account").status_code for one in (here, there, third)] == [200, 401, 200]

    assert here.delete("/api/v1/account/sessions", headers=CSRF).status_code == 204
    assert [one.get("/api/v1/account").status_code for one in (here, third)] == [200, 401]


def test_a_session_of_somebody_else_cannot_be_ended(here, app, session, context):
    omars = app.test_client()
    people.sign_in(session, omars, people.user(session, "omar@x.example", at=context.wall()), context.wall())
    session.commit()
    (his,) = omars.get("/api/v1/account/sessions").json["items"]

    assert here.delete(f"/api/v1/account/sessions/{his['id']}", headers=CSRF).status_code == 404
    assert omars.get("/api/v1/account").status_code == 200


def test_a_token_has_no_account(api):
    for method, path in (("GET", "/account"), ("GET", "/account/sessions"), ("DELETE", "/account/sessions")):
        assert api(method, path).status_code == 404


def test_what_was_changed_is_in_the_audit_log_and_no_password(here, session, mia):
    change_password(here, PASSWORD, "another horse battery")

    entry = session.query(AuditEntry).filter_by(action="change_password").one()
    assert entry.actor == f"user {mia.id}"
    assert "horse" not in str(vars(entry))
    assert session.get(User, mia.id).password_hash not in str(vars(entry))
