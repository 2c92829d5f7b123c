"""Webhooks from the API to a receiver that checks every signature, and back into their log."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy import text

import wsgi
from funnel.calling import Caller
from funnel.context import Context
from funnel.crm import tokens, webhooks
from funnel.crm.facts import Fact, record
from funnel.webhook_turn import turn
from tests import factories
from tests.conftest import NOW
from tests.fakes.receiver import Receiver, Reply


class Moved(Context):
    """A context whose wall clock can be put forward."""

    ahead = timedelta(0)

    def wall(self) -> datetime:
        return super().wall() + self.ahead


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def context(committed, receiver):
    settings = replace(committed.settings, outgoing_allow=(ip_network("127.0.0.0/8"),))
    moved = Moved(settings, committed.database)
    receiver.clock = moved.wall
    return moved


@pytest.fixture
def call(context):
    app = wsgi.compose(context.settings, context)
    with context.database.transaction() as session:
        token = tokens.add(session, "admin", ["webhooks:write"], context.wall())
    client = app.test_client()

    def calling(method, path="", status=None, **options):
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.open(f"/api/v1/webhooks{path}", method=method, headers=headers, **options)
        assert status is None or answer.status_code == status, answer.text
        return answer.get_json(silent=True)

    return calling


@pytest.fixture
def hook(call, receiver):
    """Makes a webhook on a path of its own."""

    def make(path="/hook", **options):
        made = call("POST", status=201, json={"url": receiver.url + path, **options})
        receiver.secrets[path] = made["secret"]
        return made["id"]

    return make


def tell(context, *kinds, email=None, **data):
    with context.database.transaction() as session:
        lead = factories.lead(session, email, agreed=False)
        record(session, [Fact(kind, lead.id, NOW, data) for kind in kinds])
        return lead.id


def play(context, hook):
    """All that is due for one webhook, now."""
    turn(context, hook, lambda: False)


def test_what_happens_arrives_signed_once_and_is_in_the_log(context, call, receiver, hook):
    tell(context, "tagged")  # before there was a webhook
    number = hook()
    lead = tell(context, "tagged", "stage_changed", tag="vip")
    play(context, number)
    play(context, number)

    assert receiver.refused == []
    assert sorted(call.body["type"] for call in receiver.calls) == ["stage_changed", "tagged"]
    body = next(call.body for call in receiver.calls if call.body["type"] == "tagged")
    assert body["timestamp"] == "2026-03-02T10:00:00Z"
    assert body["data"] == {"id": body["data"]["id"], "lead_id": lead, "details": {"tag": "vip"}}
    listed = call("GET", f"/{number}/deliveries")["items"]
    assert [(item["status"], item["attempts"], item["due_at"]) for item in listed] == [("delivered", 1, None)] * 2
    assert {item["message_id"] for item in listed} == set(receiver.ids())
    attempts = call("GET", f"/{number}/deliveries/{listed[0]['id']}/attempts")["items"]
    assert [(item["status"], item["error"]) for item in attempts] == [(204, None)]


def test_only_the_kinds_that_were_asked_for_and_the_lead_beside_them(context, receiver, hook):
    number = hook(kinds=["tagged"], include_lead=True)
    tell(context, "stage_changed", "tagged", email="lena@example.com")
    play(context, number)

    assert [call.body["type"] for call in receiver.calls] == ["tagged"]
    assert receiver.calls[0].body["data"]["lead"]["email"] == "lena@example.com"


def test_a_failure_is_tried_again_under_the_same_id_at_its_hour(context, call, receiver, hook):
    number = hook()
    tell(context, "tagged")
    receiver.reply = lambda _: Reply(500, body=b"x" * 5000)
    play(context, number)
    play(context, number)
    assert len(receiver.calls) == 1
    [waiting] = call("GET", f"/{number}/deliveries?status=waiting")["items"]
    [attempt] = call("GET", f"/{number}/deliveries/{waiting['id']}/attempts")["items"]
    assert (attempt["status"], attempt["answer"]) == (500, "x" * 1024)

    receiver.reply = lambda _: Reply()
    context.ahead = timedelta(seconds=6)
    play(context, number)

    assert len(set(receiver.ids())) == 1
    assert len(receiver.calls) == 2
    assert [item["status"] for item in call("GET", f"/{number}/deliveries")["items"]] == ["delivered"]


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_a_failure_and_is_not_followed(context, call, receiver, hook, status):
    number = hook()
    tell(context, "tagged")
    receiver.reply = lambda _: Reply(status, {"Location": receiver.url + "/elsewhere"})
    play(context, number)

    assert len(receiver.calls) == 1
    assert call("GET", f"/{number}/deliveries")["items"][0]["status"] == "waiting"


def test_a_receiver_that_asks_for_time_gets_it(context, call, receiver, hook):
    number = hook()
    tell(context, "tagged")
    receiver.reply = lambda _: Reply(429, {"Retry-After": "600"})
    play(context, number)
    due = datetime.fromisoformat(call("GET", f"/{number}/deliveries")["items"][0]["due_at"])

    assert timedelta(seconds=590) < due - context.wall() < timedelta(seconds=610)


def test_one_that_is_gone_is_stopped_at_once_and_told_all_when_it_is_back(context, call, receiver, hook):
    number = hook()
    tell(context, "tagged")
    receiver.reply = lambda _: Reply(410)
    play(context, number)
    assert call("GET", f"/{number}")["stopped"] == "gone"
    with context.database.transaction() as session:
        assert webhooks.stopped(session) == 1
        assert webhooks.take(session, context.wall(), context.wall(), 10) == []
    tell(context, "missed")

    receiver.reply = lambda _: Reply()
    call("PATCH", f"/{number}", status=200, json={"active": True})
    play(context, number)

    assert sorted(call.body["type"] for call in receiver.calls[1:]) == ["missed", "tagged"]


def test_one_that_fails_for_a_day_is_stopped_and_its_last_attempt_is_the_tenth(context, call, receiver, hook):
    number = hook()
    tell(context, "tagged")
    receiver.reply = lambda _: Reply(503)
    for hours in (0, 0.01, 0.2, 0.8, 3, 6.5, 12.5, 17, 23.7):
        context.ahead = timedelta(hours=hours)
        play(context, number)
        assert call("GET", f"/{number}")["active"]
    context.ahead = timedelta(hours=28.5)
    play(context, number)

    told = call("GET", f"/{number}")
    assert (told["active"], told["stopped"]) == (False, "failing")
    assert [(item["status"], item["attempts"]) for item in call("GET", f"/{number}/deliveries")["items"]] == [
        ("failed", 10)
    ]
    assert len(set(receiver.ids())) == 1


def test_a_success_ends_the_count_of_a_failing_one(context, call, receiver, hook):
    number = hook()
    tell(context, "tagged")
    receiver.reply = lambda _: Reply(503)
    play(context, number)
    assert call("GET", f"/{number}")["failing_since"]
    receiver.reply = lambda _: Reply()
    context.ahead = timedelta(seconds=6)
    play(context, number)

    assert call("GET", f"/{number}")["failing_since"] is None


def test_a_new_secret_signs_and_the_one_before_for_a_day(context, call, receiver, hook):
    number = hook()
    before = receiver.secrets["/hook"]
    after = call("POST", f"/{number}/secret", status=201)["secret"]
    tell(context, "tagged")
    play(context, number)
    receiver.secrets["/hook"] = after
    tell(context, "tagged")
    play(context, number)
    assert (len(receiver.calls), receiver.refused) == (2, [])

    receiver.secrets["/hook"] = before
    context.ahead = timedelta(hours=25)
    assert "secret" not in call("GET", f"/{number}")
    tell(context, "tagged")
    play(context, number)
    assert len(receiver.calls) == 2
    assert receiver.refused


def test_a_test_a_delivery_and_all_since_a_time_can_be_sent_again(context, call, receiver, hook):
    number = hook()
    call("POST", f"/{number}/test", status=202)
    tell(context, "tagged")
    play(context, number)
    assert sorted(call.body["type"] for call in receiver.calls) == ["tagged", "test"]
    tagged = next(item for item in call("GET", f"/{number}/deliveries")["items"] if item["kind"] == "tagged")
    call("POST", f"/{number}/deliveries/{tagged['id']}/resend", status=202)
    play(context, number)
    assert call("POST", f"/{number}/replay", status=202, json={"since": NOW.isoformat()}) == {"facts": 1}
    play(context, number)

    assert receiver.ids().count(tagged["message_id"]) == 3


def test_a_slow_receiver_delays_no_other(context, receiver, hook):
    slow, quick = hook("/slow"), hook("/quick")
    receiver.reply = lambda call: Reply(seconds=3 if call.path == "/slow" else 0)
    tell(context, "tagged")
    caller = Caller(context, threading.Event())
    started = time.monotonic()
    caller.look()
    while "/quick" not in {call.path for call in receiver.calls} and time.monotonic() < started + 10:
        time.sleep(0.02)
    seconds = time.monotonic() - started
    caller._pool.shutdown()

    assert seconds < 2.5
    assert {call.path for call in receiver.calls} == {"/slow", "/quick"}
    assert slow != quick


def test_who_dies_in_the_middle_leaves_it_to_others_under_the_same_id(context, receiver, hook):
    number = hook()
    tell(context, "tagged")
    with context.database.transaction() as session:
        assert webhooks.take(session, context.wall(), context.wall() + timedelta(seconds=300), 10) == [number]
        webhooks.fill(session, webhooks.by_id(session, number), context.wall())
        [lost] = webhooks.claim(session, number, context.wall(), context.wall() + timedelta(seconds=120), 10)
    with context.database.transaction() as session:
        assert webhooks.take(session, context.wall(), context.wall(), 10) == []
    context.ahead = timedelta(seconds=301)
    with context.database.transaction() as session:
        assert webhooks.take(session, context.wall(), context.wall() + timedelta(seconds=300), 10) == [number]
    play(context, number)

    assert receiver.ids() == [str(lost.message_id)]


def test_many_takers_share_and_each_fact_is_told_once(context, receiver, hook):
    numbers = [hook(f"/{n}") for n in range(4)]
    for _ in range(30):
        tell(context, "tagged")
    callers = [Caller(context, threading.Event()) for _ in range(3)]
    end = time.monotonic() + 20
    while len(receiver.calls) < 120 and time.monotonic() < end:
        for caller in callers:
            caller.look()
        time.sleep(0.1)
    for caller in callers:
        caller._pool.shutdown()

    assert len(receiver.calls) == len(set(receiver.ids())) == 120
    assert len(numbers) == 4


def test_an_idle_webhook_is_taken_as_soon_as_something_happens(context, hook):
    number = hook()
    play(context, number)
    with context.database.transaction() as session:
        assert webhooks.take(session, context.wall(), context.wall(), 10) == []
    tell(context, "tagged")
    with context.database.transaction() as session:
        assert webhooks.take(session, context.wall(), context.wall(), 10) == [number]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"url": "https://169.254.169.254/"}, "url"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "nonsense"}, "url"),
        ({}, "url"),
        ({"url": "https://example.com/", "kinds": ["No Kind"]}, "kinds.0"),
        ({"url": "https://example.com/", "secret": "mine"}, "secret"),
    ],
)
def test_a_wrong_webhook_is_told_what_is_wrong(call, asked, field):
    assert list(call("POST", status=422, json=asked)["errors"]) == [field]


def test_what_is_not_there_is_not_found(call, hook):
    number = hook()
    for method, path in (("GET", "/999"), ("POST", "/999/test"), ("GET", f"/{number}/deliveries/9/attempts")):
        call(method, path, status=404)
    call("DELETE", f"/{number}", status=204)
    call("GET", f"/{number}", status=404)


def test_secrets_are_sealed_and_deliveries_hold_nothing_personal(context, receiver, hook):
    hook(include_lead=True)
    tell(context, "tagged", email="lena@example.com")
    play(context, 1)
    secret = receiver.secrets["/hook"]
    with context.database.transaction() as session:
        kept = session.execute(
            text("SELECT (SELECT jsonb_agg(w) FROM webhooks w) || (SELECT jsonb_agg(d) FROM webhook_deliveries d)")
        ).scalar()

    assert len(receiver.calls) == 1
    assert "lena" not in str(kept)
    assert secret.removeprefix("whsec_") not in str(kept)
