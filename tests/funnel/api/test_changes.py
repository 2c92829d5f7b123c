"""The change feed over HTTP."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import text

import wsgi
from funnel.api import patience
from funnel.crm import tokens
from funnel.crm.facts import Fact, record
from funnel.models import Lead
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def service(committed):
    """The whole application on real commits, as a program calls it."""
    app = wsgi.compose(committed.settings, committed)
    with committed.database.transaction() as session:
        token = tokens.add(session, "reader", ["leads:read"], committed.wall())
    client = app.test_client()

    def call(**query):
        answer = client.get("/api/v1/changes", query_string=query, headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.json

    return call


def tell(context, *kinds, email=None):
    with context.database.transaction() as session:
        lead = factories.lead(session, email, agreed=False)
        record(session, [Fact(kind, lead.id, NOW, {"n": number}) for number, kind in enumerate(kinds)])
        return lead.id


def test_facts_are_told_in_order_and_the_cursor_leads_on(service, committed):
    lead = tell(committed, "form_submitted", "tagged", "stage_changed")
    _, first = service(limit=2)
    _, second = service(cursor=first["next_cursor"])
    _, third = service(cursor=second["next_cursor"])

    assert [(item["kind"], item["data"], item["lead_id"]) for item in first["items"]] == [
        ("form_submitted", {"n": 0}, lead),
        ("tagged", {"n": 1}, lead),
    ]
    assert first["more"]
    assert [item["kind"] for item in second["items"]] == ["stage_changed"]
    assert (third["items"], third["more"]) == ([], False)
    assert third["next_cursor"]


def test_the_lead_is_beside_its_facts_when_asked_for(service, committed):
    tell(committed, "tagged", email="lena@example.com")
    _, plain = service()
    _, full = service(include="lead")

    assert plain["items"][0]["lead"] is None
    assert full["items"][0]["lead"]["email"] == "lena@example.com"


def test_a_fact_outlives_its_lead(service, committed):
    lead = tell(committed, "erased")
    with committed.database.transaction() as session:
        session.delete(session.get(Lead, lead))
    _, told = service(include="lead")

    assert (told["items"][0]["kind"], told["items"][0]["lead"]) == ("erased", None)


def test_it_waits_until_something_happens_and_holds_no_connection(service, committed):
    _, begin = service(**{"from": "now"})
    busy = []
    writer = threading.Timer(
        1.0, lambda: (busy.append(committed.database.bind.pool.checkedout()), tell(committed, "x"))
    )
    writer.start()
    started = time.monotonic()
    _, told = service(cursor=begin["next_cursor"], wait=10)
    seconds = time.monotonic() - started
    writer.join()

    assert [item["kind"] for item in told["items"]] == ["x"]
    assert 0.9 < seconds < 5
    assert busy == [0]


def test_who_finds_no_room_to_wait_is_answered_at_once(service):
    taken = [patience.take() for _ in range(patience.SLOTS)]
    started = time.monotonic()
    status, told = service(wait=10)
    for slot in taken:
        slot.give_back()

    assert all(taken)
    assert (status, told["items"]) == (200, [])
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"cursor": "nonsense"}, "cursor"),
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"wait": 26}, "wait"),
        ({"kinds": "a,,b"}, "kinds"),
        ({"include": "everything"}, "include"),
        ({"from": "yesterday"}, "from"),
        ({"since": "2026-01-01"}, "since"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(service, query, field):
    status, told = service(**query)

    assert status == 422
    assert list(told["errors"]) == [field]


def test_a_cursor_of_another_installation_is_gone(service, committed):
    tell(committed, "tagged")
    _, told = service()
    with committed.database.transaction() as session:
        session.execute(text("UPDATE installation SET id = gen_random_uuid()"))
    status, gone = service(cursor=told["next_cursor"])

    assert (status, gone["code"]) == (410, "gone")


def test_one_page_is_a_handful_of_statements_however_long(api, context, session, queries):
    with context.database.transaction() as own:
        for _ in range(30):
            lead = factories.lead(own, agreed=False)
            record(own, [Fact("tagged", lead.id, NOW)])
    queries.clear()
    api("GET", "/changes?include=lead&limit=5")
    few = len(queries)
    queries.clear()
    api("GET", "/changes?include=lead&limit=30")

    assert len(queries) == few
