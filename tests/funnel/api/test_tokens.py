"""Tokens by the API: made with no more than one's own scopes, told once, revoked at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from funnel.crm import tokens
from funnel.models import Token
from tests import problems


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


def test_a_token_is_made_used_and_revoked(api, client, context):
    until = (context.wall() + timedelta(days=30)).replace(microsecond=0)
    made = api("POST", "/tokens", json={"name": "shop", "scopes": ["leads:read"], "expires_at": until.isoformat()})

    assert made.status_code == 201
    assert (made.json["name"], made.json["scopes"], made.json["status"]) == ("shop", ["leads:read"], "living")
    assert made.json["created_by"].startswith("token ")
    assert made.json["last_used_at"] is None
    headers = bearer(made.json["token"])
    assert client.get("/api/v1/leads", headers=headers).status_code == 200
    assert client.get("/api/v1/forms", headers=headers).status_code == 403
    read = api("GET", f"/tokens/{made.json['id']}").json
    assert "token" not in read
    assert read["last_used_at"] is not None
    assert api("DELETE", f"/tokens/{made.json['id']}").status_code == 204
    assert client.get("/api/v1/leads", headers=headers).status_code == 401
    assert api("GET", f"/tokens/{made.json['id']}").json["status"] == "revoked"
    assert api("DELETE", f"/tokens/{made.json['id']}").status_code == 204


def test_the_text_of_a_token_is_never_told_again(api):
    text = api("POST", "/tokens", json={"name": "shop", "scopes": ["leads:read"]}).json["token"]

    assert text not in api("GET", "/tokens").text
    assert text not in api("GET", "/audit").text


def test_a_token_that_expired_opens_nothing(client, context):
    with context.database.transaction() as session:
        past = context.wall() - timedelta(seconds=1)
        text = tokens.add(session, "old", ["all"], past - timedelta(days=1), expires_at=past)

    answer = client.get("/api/v1/leads", headers=bearer(text))

    problems.check(answer)
    assert answer.status_code == 401


@pytest.mark.parametrize("wanted", [["all"], ["leads:write"], ["leads:read", "forms:read"]])
def test_nobody_makes_a_token_that_may_do_more(client, token, session, wanted):
    maker = token("tokens:write", "leads:read")
    before = len(session.scalars(select(Token.id)).all())
    answer = client.post("/api/v1/tokens", headers=maker, json={"name": "more", "scopes": wanted})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["scopes"])
    assert len(session.scalars(select(Token.id)).all()) == before


def test_a_token_hands_on_what_it_has(client, token):
    maker = token("tokens:write", "leads:write")
    made = client.post("/api/v1/tokens", headers=maker, json={"name": "x", "scopes": ["leads:read", "tokens:read"]})

    assert made.status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": ["all"]}, "name"),
        ({"name": "", "scopes": ["all"]}, "name"),
        ({"name": "x" * 101, "scopes": ["all"]}, "name"),
        ({"name": "x"}, "scopes"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["everything"]}, "scopes.0"),
        ({"name": "x", "scopes": ["all"], "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "x", "scopes": ["all"], "expires_at": "2099-01-01T00:00:00"}, "expires_at"),
        ({"name": "x", "scopes": ["all"], "expires_at": "soon"}, "expires_at"),
        ({"name": "x", "scopes": ["all"], "token": "fnl_" + "A" * 43}, "token"),
    ],
)
def test_a_wrong_wish_is_refused_by_field(api, body, field):
    answer = api("POST", "/tokens", json=body)

    problems.check(answer)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_what_is_not_there_is_told(api):
    assert api("GET", "/tokens/987654321").status_code == 404
    assert api("DELETE", "/tokens/987654321").status_code == 404


def test_scopes_are_told_with_what_they_mean_and_what_one_may_hand_on(client, token):
    told = client.get("/api/v1/tokens/scopes", headers=token("tokens:read", "leads:write")).json["items"]

    assert [one["scope"] for one in told] == list(tokens.SCOPES)
    assert [one["scope"] for one in told if one["yours"]] == ["leads:read", "leads:write", "tokens:read"]
    assert all(one["means"] for one in told)


def test_many_tokens_are_read_page_by_page_at_one_query_each(api, context, queries):
    with context.database.transaction() as session:
        for n in range(5):
            tokens.add(session, f"shop {n}", ["leads:read"], context.wall())
    api("GET", "/tokens?limit=2")
    queries.clear()
    first = api("GET", "/tokens?limit=2").json

    assert len([one for one in queries if "FROM tokens" in one]) == 2  # the caller's own token, the page
    second = api("GET", f"/tokens?limit=2&cursor={first['next_cursor']}").json
    assert [one["name"] for one in first["items"] + second["items"]] == ["shop 4", "shop 3", "shop 2", "shop 1"]
