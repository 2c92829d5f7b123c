"""Merging over the API: ids redirect, nonsense is refused by field, duplicates are found."""

from uuid import UUID

import pytest

from funnel import jobs as working
from funnel import links
from funnel.crm import consents
from funnel.models import Lead
from tests import factories


@pytest.fixture
def pair(context):
    """The ids of two leads that are one person."""
    with context.database.transaction() as session:
        first = factories.lead(session, "anna@example.com", fields={"first_name": "Anna"})
        second = factories.lead(session, "again@example.com", fields={"first_name": "A.", "phone": "+33 1"})
        return first.id, second.id


def test_merged_leads_are_one_and_say_who_they_were(api, pair):
    kept, other = pair

    told = api("POST", f"/leads/{kept}/merge", json={"others": [other], "fields": {"first_name": other}})

    assert (told.status_code, told.json["id"], told.json["fields"]) == (
        200,
        kept,
        {"first_name": "A.", "phone": "+33 1"},
    )
    [merged] = api("GET", f"/leads/{kept}/merged").json["items"]
    assert (merged["id"], merged["email"]) == (other, "again@example.com")
    assert merged["by"].startswith("token ")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/timeline?limit=3", None),
        ("GET", "/score", None),
        ("PUT", "/stage", {"stage": "customer"}),
    ],
)
def test_the_old_id_redirects_with_method_body_and_query(api, pair, method, path, body):
    kept, other = pair
    api("POST", f"/leads/{kept}/merge", json={"others": [other]})

    moved = api(method, f"/leads/{other}{path}", json=body)
    assert (moved.status_code, moved.headers["Location"]) == (308, f"/api/v1/leads/{kept}{path}")
    assert moved.headers["Cache-Control"] == "no-store"

    told = api(method, moved.headers["Location"].removeprefix("/api/v1"), json=body)
    assert told.status_code == 200
    if method == "PUT":
        assert api("GET", f"/leads/{kept}").json["stage"] == "customer"


def test_parted_leads_are_two_again(api, pair):
    kept, other = pair
    before = api("GET", f"/leads/{other}").json
    api("POST", f"/leads/{kept}/merge", json={"others": [other]})

    told = api("POST", f"/leads/{kept}/unmerge", json={"lead": other})

    assert told.status_code == 200
    assert told.json | {"updated_at": ""} == before | {"updated_at": ""}
    assert api("GET", f"/leads/{other}").status_code == 200
    assert api("GET", f"/leads/{kept}/merged").json["items"] == []


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("merge", {"others": []}, 422, "others"),
        ("merge", {}, 422, "others"),
        ("merge", {"others": ["self"]}, 422, "others"),
        ("merge", {"others": [999999]}, 422, "others"),
        ("merge", {"others": list(range(1, 12))}, 422, "others"),
        ("merge", {"others": [True]}, 422, "others.0"),
        ("unmerge", {"lead": 999999}, 422, "lead"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(api, pair, path, body, status, field):
    kept, _ = pair
    if body.get("others") == ["self"]:
        body = {"others": [kept]}

    answer = api("POST", f"/leads/{kept}/{path}", json=body)

    assert (answer.status_code, list(answer.json["errors"])) == (status, [field])
    assert api("GET", "/leads").json["items"][0]["fields"] != {}


def test_nobody_merges_into_nobody(api, pair):
    assert api("POST", "/leads/999999/merge", json={"others": [pair[0]]}).status_code == 404
    assert api("GET", f"/leads/{pair[0]}").status_code == 200


def test_an_address_that_is_another_lead_s_by_now_stays_with_it(api, context, pair):
    kept, other = pair
    api("POST", f"/leads/{kept}/merge", json={"others": [other]})
    with context.database.transaction() as session:
        factories.lead(session, "again@example.com")

    assert api("POST", f"/leads/{kept}/unmerge", json={"lead": other}).status_code == 409


def test_the_links_of_old_mails_work_for_the_lead_that_stays(api, client, context, pair):
    kept, other = pair
    token = links.unsubscribe_token(context.settings.secret_keys, other, UUID(int=1))
    api("POST", f"/leads/{kept}/merge", json={"others": [other]})

    page = client.get(f"/u/{token}")
    assert (page.status_code, "Send me news" in page.text) == (200, True)
    assert client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"}).status_code == 200

    with context.database.transaction() as session:
        assert consents.state(session, [kept])[kept] == {"email_marketing": "withdrawn"}


def test_a_token_that_only_reads_merges_nothing(client, token, pair):
    answer = client.post(f"/api/v1/leads/{pair[0]}/merge", json={"others": [pair[1]]}, headers=token("leads:read"))

    assert answer.status_code == 403


def find(api, context):
    job = api("POST", "/duplicates")
    assert job.status_code == 202
    working.work(context, working.KINDS, job.json["id"], lambda: True)


def test_leads_that_may_be_one_person_are_found_with_the_reason(api, context):
    assert api("GET", "/duplicates").json == {"looked_at": None, "job": None, "items": []}
    people = {
        "j.doe@gmail.com": {},
        "jdoe+news@googlemail.com": {},
        "a@example.com": {"phone": "+33 6 12 34 56 78", "last_name": "X"},
        "b@example.com": {"phone": "06 12 34 56 78"},
        "c@example.com": {"first_name": "Ada", "last_name": "Lovelace", "company": "Engines"},
        "d@example.com": {"first_name": "ada", "last_name": "LOVELACE ", "company": " engines"},
        "e@example.com": {"first_name": "Ada", "last_name": "Lovelace"},
        "f@example.com": {"phone": "12"},
        "g@example.com": {"phone": "12"},
    }
    with context.database.transaction() as session:
        for email, fields in people.items():
            factories.lead(session, email, fields=fields)

    find(api, context)

    told = api("GET", "/duplicates").json
    assert told["looked_at"]
    found = {one["why"]: {lead["email"][0] for lead in one["leads"]} for one in told["items"]}
    assert found == {"address": {"j"}, "phone": {"a", "b"}, "name": {"c", "d"}}
    assert len(told["items"]) == 3


def test_who_was_merged_is_suggested_no_more(api, context, pair):
    with context.database.transaction() as session:
        for lead in session.query(Lead):
            lead.fields = {"phone": "+33612345678"}
    find(api, context)
    assert len(api("GET", "/duplicates").json["items"]) == 1

    api("POST", f"/leads/{pair[0]}/merge", json={"others": [pair[1]]})

    assert api("GET", "/duplicates").json["items"] == []


def test_two_who_ask_at_once_share_one_comparison(api):
    first, second = (api("POST", "/duplicates").json["id"] for _ in range(2))

    assert first == second
    assert api("GET", "/duplicates").json["job"] == first
