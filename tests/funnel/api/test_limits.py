"""Who calls too often is told to wait, and everybody is told what is left."""

import re
from dataclasses import replace

import pytest

import wsgi
from funnel.api import limits
from tests import problems

POLICY = re.compile(r'"(\w+)";q=(\d+);w=(\d+)')
LEFT = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')


@pytest.fixture
def app(context):
    settings = replace(context.settings, rate_per_token=3, rate_per_user=2, rate_per_network=2)
    context.settings = settings
    app = wsgi.compose(settings, context)
    app.testing = True
    return app


def left(answer):
    policy, remaining, seconds = LEFT.fullmatch(answer.headers["RateLimit"]).groups()
    return policy, int(remaining), int(seconds)


def test_a_token_is_told_what_is_left_until_nothing_is(client, token):
    mine, other = token("leads:read"), token("leads:read")
    answers = [client.get("/api/v1/leads", headers=mine) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [left(answer)[:2] for answer in answers] == [("token", n) for n in (2, 1, 0, 0, 0)]
    assert all(1 <= left(answer)[2] <= 60 for answer in answers)
    assert {POLICY.fullmatch(answer.headers["RateLimit-Policy"]).groups() for answer in answers} == {
        ("token", "3", "60")
    }
    problems.check(answers[3])
    assert answers[3].json["code"] == "too_many_requests"
    assert int(answers[3].headers["Retry-After"]) == left(answers[3])[2]
    assert client.get("/api/v1/leads", headers=other).status_code == 200


def test_what_is_refused_counts_too(client, token):
    mine = token("forms:read")
    answers = [client.get("/api/v1/leads", headers=mine) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]


def test_strangers_are_counted_by_their_network(client, token):
    def call(address):
        return client.get("/api/v1/leads", environ_overrides={"REMOTE_ADDR": address})

    answers = [call("192.0.2.7"), call("192.0.2.99"), call("192.0.2.7"), call("198.51.100.1")]

    assert [answer.status_code for answer in answers] == [401, 401, 429, 401]
    assert left(answers[2])[0] == "network"
    known = client.get("/api/v1/leads", headers=token("leads:read"), environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert known.status_code == 200


def test_too_many_writes_do_nothing(client, token):
    mine = token("forms:write")
    made = [
        client.post("/api/v1/forms", json={"key": f"f{n}", "name": "x"}, headers=mine).status_code for n in range(4)
    ]

    assert made == [201, 201, 201, 429]
    assert client.get("/api/v1/forms/f3", headers=token("forms:read")).status_code == 404


def test_a_quota_comes_back(app, client, token, monkeypatch):
    mine = token("leads:read")
    while (answer := client.get("/api/v1/leads", headers=mine)).status_code == 200:
        pass
    app.extensions[limits.EXTENSION]._limiter.storage.reset()  # a minute later

    assert answer.status_code == 429
    assert client.get("/api/v1/leads", headers=mine).status_code == 200


def test_a_quota_of_nothing_is_no_limit(context, token):
    context.settings = replace(context.settings, rate_per_token=0)
    client = wsgi.compose(context.settings, context).test_client()
    mine = token("leads:read")
    answers = [client.get("/api/v1/leads", headers=mine) for _ in range(20)]

    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0].headers
