"""Who may call what: every route, every scope, tokens and sessions."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

import wsgi
from funnel.crm import roles, tokens
from funnel.models import Token
from tests import people, problems

SCOPES = [scope for scope in tokens.SCOPES if scope != "all"]
VALUES = {
    "table": "events",
    "webhook_id": 1,
    "delivery_id": 1,
    "extension": "csv",
    "kind": "scoring",
    "key": "trial",
    "lead_id": 1,
    "mail_id": 1,
    "number": 1,
    "enrollment_id": 1,
    "user_id": 987654,
    "session_id": 1,
    "token_id": 1,
    "import_id": 1,
    "conversion_id": 1,
    "job_id": 1,
    "note_id": 1,
    "task_id": 1,
}


@pytest.fixture
def app(context):
    # There are more routes than a stranger may ask for in a minute.
    context.settings = replace(context.settings, rate_per_network=0, rate_per_user=0)
    context.settings = replace(context.settings, rate_per_network=0)  # there are more routes than calls in a minute
    app = wsgi.compose(context.settings, context)
    app.testing = True
    return app


@pytest.fixture
def routes(app):
    """Each route of the API: method, address, the scope it declares."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json"):
            path = app.url_map.bind("localhost").build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})
            scope = app.view_functions[rule.endpoint].scope
            found += [(method, path, scope) for method in rule.methods - {"HEAD", "OPTIONS"}]
    return found


def test_there_are_routes_and_each_declares_a_scope(routes):
    assert len(routes) >= 17
    assert {scope for _, _, scope in routes} <= set(SCOPES)


def test_no_route_opens_without_a_token(routes, client):
    for method, path, _ in routes:
        answer = client.open(path, method=method)

        assert (answer.status_code, answer.json["code"]) == (401, "unauthorized"), (method, path)
        assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")


def test_no_route_opens_with_the_other_scopes(routes, client, token):
    for method, path, scope in routes:
        others = [one for one in SCOPES if not tokens.allows([one], scope)]
        answer = client.open(path, method=method, headers=token(*others))

        assert (answer.status_code, answer.json["code"]) == (403, "forbidden"), (method, path)


def test_every_route_opens_with_its_own_scope(routes, client, token):
    for method, path, scope in routes:
        answer = client.open(path, method=method, headers=token(scope), buffered=True)

        assert answer.status_code not in (401, 403), (method, path)
        assert answer.status_code < 500, (method, path)


@pytest.mark.parametrize("role", roles.ROLES)
def test_every_route_opens_for_a_role_exactly_when_its_scope_is_in_it(routes, client, context, role):
    with context.database.transaction() as session:
        people.sign_in(session, client, people.user(session, role=role, at=context.wall()), context.wall())

    for method, path, scope in routes:
        answer = client.open(path, method=method, headers={"X-CSRF-Token": "the-token"}, buffered=True)

        assert (answer.status_code == 403) is not tokens.allows(roles.scopes(role), scope), (method, path)


def test_permission_is_asked_before_the_body_is_read(client, token):
    answer = client.post("/api/v1/forms", data=b"{", content_type="application/json", headers=token("leads:read"))

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer fnl_" + "A" * 43,
        "Bearer fnl_" + "A" * 42 + "é",
        "Bearer " + "x" * 5000,
        "Basic dXNlcjpwYXNz",
        "fnl_" + "A" * 43,
    ],
)
def test_what_is_not_a_token_of_ours_is_refused(client, header):
    answer = client.get("/api/v1/leads", headers={"Authorization": header})

    assert answer.status_code == 401


def test_a_revoked_token_opens_nothing(client, token, context):
    headers = token("all")
    with context.database.transaction() as session:
        for row in session.scalars(select(Token)):
            tokens.revoke(session, row.id, context.wall())

    assert client.get("/api/v1/leads", headers=headers).status_code == 401


def test_the_database_holds_no_token(session, context):
    text = tokens.add(session, "shop", ["leads:read"], context.wall())

    row = session.scalars(select(Token).where(Token.name == "shop")).one()
    assert text.encode() not in row.digest
    assert len(row.digest) == 32
    assert tokens.find(session, text, context.wall()).id == row.id


class TestSession:
    """A person signed in to the app may do what the role says, and proves that writes come from our pages."""

    @pytest.fixture
    def signed_in(self, context, client):
        with context.database.transaction() as session:
            people.sign_in(session, client, people.user(session, at=context.wall()), context.wall())
        return client

    def test_reads_need_the_cookie_alone(self, signed_in):
        assert signed_in.get("/api/v1/leads").status_code == 200

    @pytest.mark.parametrize(("given", "status"), [(None, 403), ("", 403), ("x", 403), ("é", 403), ("the-token", 201)])
    def test_writes_need_the_csrf_header(self, signed_in, given, status):
        headers = {} if given is None else {"X-CSRF-Token": given}
        answer = signed_in.post("/api/v1/forms", json={"key": "a", "name": "A"}, headers=headers)

        assert answer.status_code == status

    def test_no_write_of_any_route_goes_without_the_csrf_header(self, routes, signed_in):
        writes = [(method, path) for method, path, _ in routes if method != "GET"]

        assert len(writes) > 40
        for method, path in writes:
            answer = signed_in.open(path, method=method)
            assert (answer.status_code, "X-CSRF-Token" in answer.json["detail"]) == (403, True), (method, path)

    def test_a_bad_token_is_not_helped_by_a_good_cookie(self, signed_in):
        assert signed_in.get("/api/v1/leads", headers={"Authorization": "Bearer x"}).status_code == 401


def test_people_read_the_api_on_a_page_without_scripts(client):
    page = client.get("/api/docs").text

    assert "<code>PUT /api/v1/sequences/{key}</code>" in page
    assert "<script" not in page
    assert "Idempotency-Key" in page
    assert "http://localhost/api/v1/leads" in page
    assert not re.search(r'(?:src|href)="(?!/)', page), "something is loaded from elsewhere"


def test_the_description_is_openapi_with_the_scope_of_each_operation(client):
    document = client.get("/api/v1/openapi.json").json

    assert document["openapi"] == "3.1.0"
    operations = [
        operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in ("get", "put", "post", "delete")
    ]
    assert len(operations) >= 17
    assert all(operation["x-scope"] in SCOPES and operation["summary"] for operation in operations)
    assert set(document["components"]["schemas"]["ErrorOut"]["properties"]) == {*problems.ALWAYS, "errors"}
