"""Who saw and changed what: every write of the API is noted, whoever wrote its view, and nothing that was refused."""

from datetime import UTC, datetime
from functools import wraps

import pytest
from sqlalchemy import func, select, text

import wsgi
from funnel.api.auth import SAFE
from funnel.crm import audit
from funnel.doors import in_transaction
from funnel.models import AuditEntry
from tests import factories
from tests.funnel.api.test_auth import VALUES


@pytest.fixture
def app(context):
    app = wsgi.compose(context.settings, context)
    app.testing = True
    return app


@pytest.fixture
def entries(context):
    def read(**wanted):
        with context.database.transaction() as session:
            rows = session.scalars(select(AuditEntry).filter_by(**wanted).order_by(AuditEntry.id)).all()
            return [(row.actor.partition(" ")[0], row.action, row.subject) for row in rows]

    return read


def routes(app):
    """Each route of the API: method, address, the name of its view."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json"):
            path = app.url_map.bind("localhost").build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                yield method, path, rule


def instead(view, work):
    """A view with the scope of another, which only does `work` in a transaction."""

    @wraps(view)
    def stub(**_):
        in_transaction(work)
        return ""

    return stub


def replace_views(app, work):
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json"):
            app.view_functions[rule.endpoint] = instead(app.view_functions[rule.endpoint], work)


def test_each_write_of_the_api_is_noted_though_its_view_knows_nothing_of_it(app, client, token, context, entries):
    replace_views(app, lambda session: session.execute(text("CREATE TEMPORARY TABLE IF NOT EXISTS written ()")))
    headers, writes = token("all"), 0
    for method, path, rule in list(routes(app)):
        if method in SAFE or app.view_functions[rule.endpoint].scope.endswith(":read"):
            continue
        writes += 1
        before = len(entries())
        assert client.open(path, method=method, headers=headers, json={}).status_code == 200

        told = entries()[before:]
        noun, *rest = path.removeprefix("/api/v1/").split("/")
        named = "/api/v1/" in rule.rule and rule.rule.split("/")[4:5] and rule.rule.split("/")[4].startswith("<")
        assert told == [("token", rule.endpoint.rpartition(".")[2], f"{noun}/{rest[0]}" if named else noun)], path
    assert writes >= 12


def test_reading_anything_of_one_lead_is_noted_as_seeing_it_once_an_hour(app, client, token, entries):
    replace_views(app, lambda session: session.execute(text("SELECT 1")))
    headers, reads = token("all"), 0
    for method, path, rule in list(routes(app)):
        if method == "GET" and "lead_id" in rule.arguments:
            reads += 1
            assert client.get(path, headers=headers).status_code == 200

    assert reads >= 6
    assert entries() == [("token", "read_lead", "leads/1")]


def test_another_caller_and_another_hour_are_noted_anew(session):
    at = datetime(2026, 3, 2, 10, 5, tzinfo=UTC)
    for actor, when in (
        ("user 1", at),
        ("user 1", at.replace(minute=59)),
        ("user 2", at),
        ("user 1", at.replace(hour=11)),
    ):
        audit.note(session, actor, "read_lead", "leads/1", when)

    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 3


def test_lists_and_questions_about_rules_are_not_noted(api, entries):
    assert api("GET", "/leads").status_code == 200
    assert api("POST", "/rules/scoring/check", json={"half_life": "30 days", "rules": []}).status_code == 200

    assert entries() == []


def test_a_lead_that_is_not_there_was_not_seen(api, entries):
    assert api("GET", "/leads/4711").status_code == 404

    assert entries() == []


def test_a_change_is_noted_with_what_it_named_and_never_with_what_it_said(api, context, entries):
    with context.database.transaction() as session:
        lead_id = factories.lead(session, "lena@example.com").id

    assert api("PUT", f"/leads/{lead_id}/stage", json={"stage": "customer"}).status_code == 200

    with context.database.transaction() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject, entry.detail) == ("move_lead", f"leads/{lead_id}", {"keys": ["stage"]})
    assert entry.network == "127.0.0.0/24"


def test_what_is_made_is_named_by_its_key(api, entries):
    assert api("POST", "/forms", json={"key": "guide", "name": "Guide"}).status_code == 201

    assert entries() == [("token", "create_form", "forms/guide")]


def test_a_refused_change_is_not_noted(committed, api_on, now):
    """On a database of its own: only there a transaction that wrote nothing can be told from one that did."""
    call, entries = api_on(committed)

    assert call("PUT", "/leads/1/stage", json={"stage": "customer"}).status_code == 404
    assert call("PUT", "/leads/1/stage", json={"stage": "nowhere"}).status_code == 422
    assert call("POST", "/forms", json={"key": "guide", "name": "Guide"}).status_code == 201
    assert call("POST", "/forms", json={"key": "guide", "name": "Guide"}).status_code == 409

    assert [entry[1:] for entry in entries()] == [("create_form", "forms/guide")]


@pytest.fixture
def api_on(token):
    """Calls the API of another database, and the entries there."""

    def on(context):
        app = wsgi.compose(context.settings, context)
        app.testing = True
        from funnel.crm import tokens

        with context.database.transaction() as session:
            headers = {"Authorization": f"Bearer {tokens.add(session, 'test', ['all'], context.wall())}"}

        def call(method, path, **options):
            return app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **options)

        def entries():
            with context.database.transaction() as session:
                rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
                return [(row.actor, row.action, row.subject) for row in rows]

        return call, entries

    return on


def test_no_entry_can_be_changed(session):
    audit.note(session, "user 1", "read_lead", "leads/1", datetime.now(UTC))

    with pytest.raises(Exception, match="append-only"), session.begin_nested():
        session.execute(text("UPDATE audit SET actor = 'user 2'"))


def test_the_list_is_filtered_and_paged(api, context):
    with context.database.transaction() as session:
        for number in range(5):
            at = datetime(2026, 3, 2, 10 + number, tzinfo=UTC)
            audit.note(session, f"user {number % 2}", "move_lead", f"leads/{number}", at)
        audit.note(session, "user 0", "create_form", "forms", at)
        audit.note(session, "user 0", "create_form", "formsets/a", at)

    def subjects(query=""):
        return [item["subject"] for item in api("GET", f"/audit?{query}").json["items"]]

    assert subjects() == ["formsets/a", "forms", "leads/4", "leads/3", "leads/2", "leads/1", "leads/0"]
    assert subjects("actor=user 1") == ["leads/3", "leads/1"]
    assert subjects("subject=leads/3") == ["leads/3"]
    assert subjects("subject=forms") == ["forms"]
    assert subjects("action=create_form") == ["formsets/a", "forms"]
    assert subjects("since=2026-03-02T11:00:00Z&until=2026-03-02T13:00:00Z") == ["leads/2", "leads/1"]

    first = api("GET", "/audit?subject=leads&limit=3").json
    second = api("GET", f"/audit?subject=leads&limit=3&cursor={first['next_cursor']}").json
    assert [item["subject"] for item in first["items"] + second["items"]] == [f"leads/{n}" for n in (4, 3, 2, 1, 0)]
    assert second["next_cursor"] is None
