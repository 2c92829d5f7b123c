"""Leads written through the API: one made, one edited, a batch upserted; and clear answers to what does not fit."""

import pytest
from sqlalchemy import text

from tests import factories


@pytest.fixture
def lena(session):
    lead = factories.lead(session, "lena@example.com", fields={"city": "Lyon", "size": 5}, tags=["vip"], zone="UTC")
    session.commit()
    return lead.id


def kinds(session):
    return list(session.scalars(text("SELECT kind FROM events ORDER BY id")))


def test_a_lead_is_made_with_what_is_known_of_it(api, session):
    body = {
        "email": " Omar@Example.com ",
        "fields": {"city": "Oran", "size": 5, "ok": True, "likes": ["tea", "figs"], "nothing": None},
        "tags": ["vip", "fair"],
        "zone": "Africa/Algiers",
        "locale": "fr",
    }

    answer = api("POST", "/leads", json=body)

    assert answer.status_code == 201
    told = answer.json
    assert (told["email"], told["tags"], told["zone"], told["locale"]) == (
        "omar@example.com",
        ["vip", "fair"],
        "Africa/Algiers",
        "fr",
    )
    assert told["fields"] == {"city": "Oran", "size": 5, "ok": True, "likes": ["tea", "figs"]}
    assert api("GET", f"/leads/{told['id']}").json["fields"] == told["fields"]
    assert api("GET", f"/leads/{told['id']}/consents").json["items"] == []
    assert kinds(session) == ["lead_created", "fields_changed", "tagged", "tagged"]


def test_a_known_address_is_refused_with_the_id_of_its_lead(api, lena):
    answer = api("POST", "/leads", json={"email": "Lena@example.com", "fields": {"city": "Nice"}})

    assert (answer.status_code, answer.json["code"]) == (409, "known_lead")
    assert answer.json["errors"] == {"email": [f"Lead {lena} has this address."]}
    assert api("GET", f"/leads/{lena}").json["fields"]["city"] == "Lyon"


def test_an_edit_changes_what_it_names_and_null_removes(api, lena, session):
    body = {"fields": {"city": "Nice", "size": None}, "add_tags": ["fair"], "remove_tags": ["vip"], "zone": None}

    told = api("PATCH", f"/leads/{lena}", json=body).json

    assert (told["fields"], told["tags"], told["zone"]) == ({"city": "Nice"}, ["fair"], None)
    assert kinds(session) == ["fields_changed", "tagged", "untagged"]
    assert api("PATCH", f"/leads/{lena}", json={"tags": []}).json["tags"] == []
    assert api("PATCH", f"/leads/{lena}", json={}).json["fields"] == {"city": "Nice"}


def test_facts_of_an_edit_name_keys_and_never_a_value(api, lena, session):
    api("PATCH", f"/leads/{lena}", json={"fields": {"city": "Secretville"}, "email": "secret@example.com"})

    told = list(session.scalars(text("SELECT data::text FROM events")))

    assert len(told) == 2
    assert not any("ecret" in one for one in told)


def test_a_new_address_is_taken_unless_somebody_has_it(api, lena, session):
    omar = factories.lead(session, "omar@example.com").id
    session.commit()

    taken = api("PATCH", f"/leads/{lena}", json={"email": "OMAR@example.com", "fields": {"city": "Oran"}})
    moved = api("PATCH", f"/leads/{lena}", json={"email": "Lena.New@example.com"})

    assert taken.status_code == 409
    assert taken.json["errors"] == {"email": [f"Lead {omar} has this address."]}
    assert (moved.status_code, moved.json["email"]) == (200, "lena.new@example.com")
    # Of the refused edit nothing was written.
    assert moved.json["fields"]["city"] == "Lyon"
    assert [row["action"] for row in api("GET", f"/leads/{lena}/consents").json["items"]] == ["pending", "granted"]


def test_consents_go_along_when_the_caller_vouches(api, lena):
    api("PATCH", f"/leads/{lena}", json={"email": "new@example.com", "keep_consents": True})

    assert [row["action"] for row in api("GET", f"/leads/{lena}/consents").json["items"]] == ["granted"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "lena"}, "email"),
        ({"email": "omar@example.com", "fields": {"1st": "x"}}, "fields.1st.key"),
        ({"email": "omar@example.com", "fields": {"a": {"b": 1}}}, "fields.a.value"),
        ({"email": "omar@example.com", "fields": {"a": [1]}}, "fields.a.value"),
        ({"email": "omar@example.com", "fields": {"a": "x" * 5001}}, "fields.a.value"),
        ({"email": "omar@example.com", "fields": {"a": 2**60}}, "fields.a.value"),
        ({"email": "omar@example.com", "fields": {f"k{n}": "x" * 5000 for n in range(20)}}, "fields"),
        ({"email": "omar@example.com", "tags": [" "]}, "tags.0"),
        ({"email": "omar@example.com", "tags": ["a\nb"]}, "tags.0"),
        ({"email": "omar@example.com", "tags": ["x" * 101]}, "tags.0"),
        ({"email": "omar@example.com", "zone": "Mars/Base"}, "zone"),
        ({"email": "omar@example.com", "locale": "french please"}, "locale"),
        ({"email": "omar@example.com", "emial": "x"}, "emial"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_nobody_is_made(api, session, body, field):
    answer = api("POST", "/leads", json=body)

    assert answer.status_code == 422
    assert field in answer.json["errors"]
    assert session.scalar(text("SELECT count(*) FROM leads")) == 0


def test_nobody_cannot_be_edited(api):
    assert api("PATCH", "/leads/987654", json={"fields": {"a": 1}}).status_code == 404


def test_reading_is_not_writing(client, token, lena):
    for method, path in (("POST", "/leads"), ("PATCH", f"/leads/{lena}"), ("POST", "/leads/batch")):
        answer = client.open(f"/api/v1{path}", method=method, json={}, headers=token("leads:read"))
        assert answer.status_code == 403


def test_a_batch_takes_what_fits_and_says_what_does_not(api, lena):
    rows = [
        {"email": "omar@example.com", "fields": {"city": "Oran"}, "tags": ["new"]},
        {"email": "lena@example.com", "fields": {"city": "Nice", "job": "cook"}},
        {"email": "lena"},
        {"email": "zoe@example.com", "tags": [""]},
        {"email": "LENA@example.com", "tags": ["vip"]},
    ]

    told = api("POST", "/leads/batch", json={"leads": rows, "fields": "fill"}).json

    results = [item["result"] for item in told["items"]]
    assert results == ["created", "updated", "refused", "refused", "updated"]
    assert (told["created"], told["updated"], told["unchanged"], told["refused"]) == (1, 2, 0, 2)
    assert [item["errors"].keys() for item in told["items"]] == [set(), set(), {"email"}, {"tags.0"}, set()]
    assert told["items"][1]["id"] == told["items"][4]["id"] == lena
    assert api("GET", f"/leads/{lena}").json["fields"] == {"city": "Lyon", "size": 5, "job": "cook"}
    assert api("POST", "/leads/batch", json={"leads": rows, "fields": "fill"}).json["unchanged"] == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"leads": []}, "leads"),
        ({"leads": [{"email": f"l{n}@x.example"} for n in range(1001)]}, "leads"),
        ({"leads": ["lena@x.example"]}, "leads.0"),
        ({"leads": [{"email": "l@x.example"}], "fields": "maybe"}, "fields"),
    ],
)
def test_a_batch_that_is_none_is_refused_whole(api, body, field):
    answer = api("POST", "/leads/batch", json=body)

    assert answer.status_code == 422
    assert field in answer.json["errors"]
