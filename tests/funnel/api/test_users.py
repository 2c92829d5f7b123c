"""Who is here, and who may do what: seen by everybody, changed by admins."""

from dataclasses import replace

import pytest
from sqlalchemy import select

import wsgi
from funnel.crm import user_sessions
from funnel.models import AuditEntry, User
from nurture_sequences.models import Message
from tests import people


@pytest.fixture
def app(context):
    app = wsgi.compose(context.settings, context)
    app.testing = True
    return app


@pytest.fixture
def mia(session, context):
    mia = people.user(session, at=context.wall())
    session.commit()
    return mia.id


@pytest.fixture
def omar(session, context, mia):
    omar = people.user(session, "omar@funnel.example", name="Omar", role="sales", at=context.wall())
    session.commit()
    return omar.id


@pytest.fixture
def signed_in_as(app, context):
    """A client in which somebody of a role is signed in."""

    def make(role):
        client = app.test_client()
        with context.database.transaction() as session:
            user = people.user(session, f"{role}@roles.example", role=role, at=context.wall())
            people.sign_in(session, client, user, context.wall())
        return client

    return make


def test_everybody_is_listed_in_pages(api, mia, omar):
    first = api("GET", "/users?limit=1").json
    second = api("GET", f"/users?limit=1&cursor={first['next_cursor']}").json

    assert first["items"] == [
        {"id": mia, "name": "Mia", "email": "mia@funnel.example", "role": "admin", "active": True, "state": "active"}
    ]
    assert ([one["name"] for one in second["items"]], second["next_cursor"]) == (["Omar"], None)


def test_the_list_takes_one_question_however_many_there_are(api, session, context, queries):
    for number in range(20):
        people.user(session, f"{number}@funnel.example", at=context.wall())
    session.commit()
    api("GET", "/users?limit=1")
    queries.clear()
    api("GET", "/users?limit=1")
    few = len(queries)
    queries.clear()

    api("GET", "/users?limit=500")

    assert len(queries) == few


def test_name_and_role_are_changed_apart(api, mia, omar):
    assert api("PATCH", f"/users/{omar}", json={"name": "  Omar K. "}).json["name"] == "Omar K."
    told = api("PATCH", f"/users/{omar}", json={"role": "marketer"}).json

    assert (told["name"], told["role"]) == ("Omar K.", "marketer")


@pytest.mark.parametrize("change", [{"role": "owner"}, {"name": " "}, {"name": "x" * 101}, {"email": "x@y.example"}])
def test_what_cannot_be_is_refused_by_field(api, omar, change):
    answer = api("PATCH", f"/users/{omar}", json=change)

    assert (answer.status_code, list(answer.json["errors"])) == (422, list(change))


def test_a_removed_user_is_told_as_such_and_can_be_changed_no_more(api, mia, omar, session):
    assert api("DELETE", f"/users/{omar}").status_code == 204

    told = api("GET", f"/users/{omar}").json
    assert (told["name"], told["state"], told["active"]) == ("Omar", "removed", False)
    assert api("DELETE", f"/users/{omar}").status_code == 404
    assert api("PATCH", f"/users/{omar}", json={"role": "admin"}).status_code == 404


def test_the_last_admin_stays(api, mia, omar, session):
    for answer in (api("DELETE", f"/users/{mia}"), api("PATCH", f"/users/{mia}", json={"role": "viewer", "name": "X"})):
        assert (answer.status_code, answer.json["code"]) == (409, "last_admin")

    user = session.get(User, mia, populate_existing=True)
    assert (user.role, user.name, user.state) == ("admin", "Mia", "active")


def test_nobody_of_that_id_is_not_found(api):
    assert api("GET", "/users/987654").status_code == 404
    assert api("PATCH", "/users/987654", json={}).status_code == 404
    assert api("DELETE", "/users/987654").status_code == 404


def test_a_role_that_is_not_enough_says_which_it_is(signed_in_as):
    answer = signed_in_as("viewer").delete("/api/v1/users/1", headers={"X-CSRF-Token": "the-token"})

    assert answer.status_code == 403
    assert "viewer" in answer.text
    assert "users:write" in answer.text


def test_a_new_role_holds_from_the_next_request_on(app, context, session):
    client = app.test_client()
    omar = people.user(session, "omar@funnel.example", role="marketer", at=context.wall())
    people.sign_in(session, client, omar, context.wall())
    session.commit()
    headers = {"X-CSRF-Token": "the-token"}
    assert client.post("/api/v1/forms", json={"key": "a", "name": "A"}, headers=headers).status_code == 201

    omar.role = "viewer"
    session.commit()

    assert client.post("/api/v1/forms", json={"key": "b", "name": "B"}, headers=headers).status_code == 403


def test_the_session_says_who_and_what_may_be_done(signed_in_as, client, token):
    told = signed_in_as("viewer").get("/api/v1/session").json
    assert (told["user"]["role"], told["user"]["name"]) == ("viewer", "Mia")
    assert "leads:read" in told["may"]
    assert "leads:write" not in told["may"]

    program = client.get("/api/v1/session", headers=token("installation:read", "leads:write")).json
    assert program["user"] is None
    assert program["may"] == ["installation:read", "leads:read", "leads:write"]


def test_signed_in_requests_ask_once_who_it_is(signed_in_as, queries):
    client = signed_in_as("viewer")
    queries.clear()

    client.get("/api/v1/session")

    assert len([one for one in queries if "user_sessions" in one]) == 1
    assert user_sessions.SEEN_EVERY.total_seconds() == 300


class TestInvitations:
    """An admin invites; the link is mailed where mail leaves, and told once."""

    def invite(self, api, email="Omar@Funnel.example", **more):
        return api("POST", "/users", json={"email": email, "role": "sales"} | more)

    def test_an_invited_user_is_there_but_not_active(self, api):
        answer = self.invite(api, name="Omar")

        told = answer.json
        assert answer.status_code == 201
        assert (told["user"]["email"], told["user"]["state"], told["user"]["active"]) == (
            "omar@funnel.example",
            "invited",
            False,
        )
        assert told["link"]["url"].startswith("http://127.0.0.1:8000/app/join/")

    def test_mail_leaves_only_where_it_does_not_stay_in_the_mailbox(self, api, context, session):
        assert self.invite(api).json["link"]["mailed"] is False
        context.settings = replace(context.settings, mailer="smtp")
        told = self.invite(api, "lena@funnel.example", language="fr").json

        assert told["link"]["mailed"] is True
        (message,) = session.scalars(select(Message)).all()
        assert message.address == "lena@funnel.example"
        assert message.occasion.startswith("invitation:fr:")
        assert told["link"]["url"].rpartition("/")[2] not in message.occasion

    def test_an_email_is_invited_once(self, api):
        self.invite(api)

        again = self.invite(api, "OMAR@funnel.example")

        assert (again.status_code, again.json["code"]) == (409, "taken")

    @pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"role": "owner"}, {"name": ""}, {"language": "de"}])
    def test_what_cannot_be_is_refused_by_field(self, api, wrong):
        answer = api("POST", "/users", json={"email": "omar@funnel.example", "role": "sales"} | wrong)

        assert (answer.status_code, list(answer.json["errors"])) == (422, list(wrong))

    def test_another_link_can_be_had_as_often_as_needed(self, api, omar):
        first, second = (api("POST", f"/users/{omar}/links").json for _ in range(2))

        assert first["url"] != second["url"]

    def test_the_log_names_who_was_invited_by_id_alone(self, api, session):
        told = self.invite(api).json

        entry = session.query(AuditEntry).filter_by(action="invite_user").one()
        assert entry.subject == f"users/{told['user']['id']}"
        assert "omar" not in str(vars(entry)).lower()


def test_an_admin_sees_how_somebody_signs_in_and_signs_them_out(api, app, session, context, omar):
    his = app.test_client()
    people.sign_in(session, his, session.get(User, omar), context.wall())
    session.commit()

    told = api("GET", f"/users/{omar}/access").json
    assert (told["has_password"], told["second_factor"], told["provider"]) == (False, False, False)
    assert [(one["agent"], one["here"]) for one in told["sessions"]] == [("a test", False)]
    assert api("DELETE", f"/users/{omar}/sessions").status_code == 204

    assert his.get("/api/v1/account").status_code == 401
    assert api("GET", f"/users/{omar}/access").json["sessions"] == []
