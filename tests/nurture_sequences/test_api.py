"""Sequences by program: drafts with their problems, ETags, publishing, pause, entering by hand."""

import pytest

from tests import problems

MAIL = {"id": "welcome", "email": {"subject": "Welcome", "text": "Good to see you."}}
GOOD = {"steps": [MAIL, {"id": "breathe", "wait": {"for": "2 seconds"}}]}
BAD = {"steps": [{"id": "x", "teleport": {}}]}


def test_a_sequence_is_drafted_published_and_entered(api, lena):
    made = api("PUT", "/sequences/trial", json=GOOD)
    published = api("POST", "/sequences/trial/publish")
    entered = api("POST", "/sequences/trial/enrollments", json={"email": "LENA@example.com"})

    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert (made.json["status"], made.json["problems"], made.json["live_number"]) == ("draft", [], None)
    assert made.json["draft"] == {"key": "trial"} | GOOD
    assert published.json == {"key": "trial", "status": "live", "number": 1, "inside_older": {}, "warnings": []}
    assert entered.status_code == 201
    (standing,) = api("GET", f"/leads/{lena}/enrollments").json["items"]
    assert standing["id"] == entered.json["id"]
    assert [standing[name] for name in ("sequence", "version", "status", "step", "held", "reason")] == [
        "trial", 1, "active", None, None, None,
    ]  # fmt: skip
    assert standing["due_at"] == standing["started_at"]


def form(key, *purposes):
    return {"key": key, "name": key, "consents": [{"purpose": one, "wording": f"Yes to {one}."} for one in purposes]}


@pytest.mark.parametrize(
    ("document", "path", "says"),
    [
        ({"enter": {"form": "none"}}, "enter/form", 'there is no form "none"'),
        ({"enter": {"form": "silent"}}, "enter/form", "asks for no consent to mail"),
        ({"enter": {"form": "calls"}}, "enter/form", "asks for no consent to mail"),
        ({"enter": {"form": "calls"}, "purpose": "phone"}, "enter/form", "no consent to the purpose phone"),
        ({"enter": {"form": "game"}}, "enter/form", "asks for no consent to mail"),
        ({"enter": {"form": "news"}, "purpose": "offers"}, "enter/form", "no consent to the purpose offers"),
        ({"enter": {"any": [{"tag": "x"}, {"form": "silent"}]}}, "enter/any/1/form", "asks for no consent to mail"),
    ],
)
def test_a_sequence_whose_leads_would_get_no_mail_is_published_with_a_warning(api, document, path, says):
    for made in (form("silent"), form("calls", "phone"), form("news", "newsletter"), form("game", "terms")):
        assert api("POST", "/forms", json=made).status_code == 201

    saved = api("PUT", "/sequences/trial", json=GOOD | document).json
    published = api("POST", "/sequences/trial/publish")

    assert saved["problems"] == []
    [warning] = saved["warnings"]
    assert warning["path"] == path
    assert says in warning["message"]
    assert (published.status_code, published.json["warnings"]) == (200, [warning])


@pytest.mark.parametrize(
    "document",
    [
        {"enter": {"form": "news"}},
        {"enter": {"form": "news"}, "purpose": "newsletter"},
        {"enter": {"form": "silent"}, "steps": [{"id": "warm", "tag": "warm"}]},
        {"enter": {"tag": "x"}},
        {"enter": None},
    ],
)
def test_a_sequence_whose_mail_may_leave_has_no_warning(api, document):
    for made in (form("silent"), form("news", "newsletter")):
        assert api("POST", "/forms", json=made).status_code == 201

    saved = api("PUT", "/sequences/trial", json=GOOD | document)

    assert saved.json["warnings"] == []


def test_a_change_needs_the_etag_of_what_it_replaces(api):
    api("PUT", "/sequences/trial", json=GOOD)

    blind = api("PUT", "/sequences/trial", json=GOOD)
    changed = api("PUT", "/sequences/trial", json=GOOD, headers={"If-Match": '"1"'})
    stale = api("PUT", "/sequences/trial", json=GOOD, headers={"If-Match": '"1"'})

    assert (blind.status_code, blind.json["code"]) == (428, "revision_needed")
    assert (changed.status_code, changed.json["revision"], changed.headers["ETag"]) == (200, 2, '"2"')
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert api("GET", "/sequences/trial").headers["ETag"] == '"2"'


@pytest.mark.parametrize("tag", ["*", '"x"', "1x", 'W/"1"', '"99999999999999999999"', '"-1"', '""', "é"])
def test_only_an_exact_etag_counts(api, tag):
    api("PUT", "/sequences/trial", json=GOOD)

    assert api("PUT", "/sequences/trial", json=GOOD, headers={"If-Match": tag}).status_code == 412


def test_an_etag_does_not_create(api):
    assert api("PUT", "/sequences/trial", json=GOOD, headers={"If-Match": '"1"'}).status_code == 412


def test_a_draft_with_problems_is_saved_and_not_published(api):
    saved = api("PUT", "/sequences/trial", json=BAD)
    refused = api("POST", "/sequences/trial/publish")

    assert saved.status_code == 201
    [problem] = saved.json["problems"]
    assert problem == {
        "level": "error", "step": "x", "path": "steps/0/teleport", "message": problem["message"],
    }  # fmt: skip
    assert "teleport" in problem["message"]
    assert (refused.status_code, refused.json["code"]) == (422, "has_problems")
    assert set(refused.json["errors"]) == {problem["path"] for problem in saved.json["problems"]}


def test_publishing_a_change_tells_who_stays_in_older_versions(api, lena):
    api("PUT", "/sequences/trial", json=GOOD)
    api("POST", "/sequences/trial/publish")
    api("POST", "/sequences/trial/enrollments", json={"lead_id": lena})
    api("PUT", "/sequences/trial", json={"steps": [MAIL]}, headers={"If-Match": '"1"'})

    second = api("POST", "/sequences/trial/publish")

    assert (second.json["number"], second.json["inside_older"]) == (2, {"1": 1})


def test_a_pause_is_put_and_deleted(api):
    api("PUT", "/sequences/trial", json=GOOD)
    early = api("PUT", "/sequences/trial/pause")
    api("POST", "/sequences/trial/publish")

    paused, resumed = api("PUT", "/sequences/trial/pause"), api("DELETE", "/sequences/trial/pause")

    assert (early.status_code, early.json["code"]) == (409, "not_published")
    assert paused.json == {"key": "trial", "status": "paused"}
    assert resumed.json == {"key": "trial", "status": "live"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/sequences/none", None, 404),
        ("POST", "/sequences/none/publish", None, 404),
        ("PUT", "/sequences/none/pause", None, 404),
        ("DELETE", "/sequences/none/pause", None, 404),
        ("POST", "/sequences/none/enrollments", {"lead_id": 1}, 404),
        ("GET", "/leads/987654321/enrollments", None, 404),
        ("PUT", "/sequences/Not%20A%20Key", GOOD, 422),
        ("PUT", "/sequences/" + "a" * 65, GOOD, 422),
        ("PUT", "/sequences/trial", {"key": "other"} | GOOD, 422),
        ("PUT", "/sequences/trial", [], 422),
        ("PUT", "/sequences/trial", {"steps": "\x00"}, 422),
        ("POST", "/sequences/draft/enrollments", {"lead_id": 1}, 422),
        ("POST", "/sequences/draft/enrollments", {}, 422),
        ("POST", "/sequences/draft/enrollments", {"lead_id": 1, "email": "a@x.example"}, 422),
        ("POST", "/sequences/draft/enrollments", {"lead_id": "1"}, 422),
        ("POST", "/sequences/draft/enrollments", {"lead_id": 2**63}, 422),
        ("POST", "/sequences/draft/enrollments", {"email": "nobody@x.example"}, 422),
        ("POST", "/sequences/draft/enrollments", {"email": "lena@example.com"}, 409),
        ("GET", "/sequences?limit=0", None, 422),
        ("GET", "/sequences?cursor=%00", None, 422),
    ],
)
def test_what_cannot_be_done_is_told_in_one_shape(api, lena, method, path, body, status):
    api("PUT", "/sequences/draft", json=GOOD)

    answer = api(method, path, **({} if body is None else {"json": body}))

    assert answer.status_code == status, answer.json
    problems.check(answer)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"steps": None},
        {"steps": {}},
        {"steps": [1, None, "x", []]},
        {"steps": [{"id": "a"}] * 3000},
        {"enter": {"any": "x"}, "window": 5, "goal": [], "steps": []},
        {"steps": [{"id": "a", "wait": {"for": "-1 days"}}, {"id": "a", "wait": {"for": "9" * 400 + " days"}}]},
        {"steps": [{"id": "a", "email": {"subject": "{% if %}", "text": "{{ x | nope }}"}}]},
        {"é" * 300: {"deep": [[[[[[{}]]]]]]}},
        {"steps": [{"id": "a", "wait": {"for": 1e300}}], "holdout": -5},
    ],
)
def test_any_json_object_can_be_a_draft(api, document):
    saved = api("PUT", "/sequences/trial", json=document)

    assert saved.status_code == 201, saved.json
    assert saved.json["problems"]
    assert api("GET", "/sequences/trial").json["problems"] == saved.json["problems"]


def test_a_document_may_weigh_a_megabyte_and_no_more(api):
    text = "x" * 500_000
    large = {"steps": [{"id": "a", "email": {"subject": "S", "text": text}}]}
    larger = {"steps": [{"id": "a", "email": {"subject": "S", "text": text * 3}}]}

    assert api("PUT", "/sequences/large", json=large).status_code == 201
    assert api("PUT", "/sequences/larger", json=larger).status_code == 413


def test_the_list_asks_the_database_as_often_for_many_sequences_as_for_one(api, queries):
    for key in "abcde":
        api("PUT", f"/sequences/{key}", json=GOOD)
    queries.clear()

    page = api("GET", "/sequences?limit=4")

    assert [item["key"] for item in page.json["items"]] == ["a", "b", "c", "d"]
    assert page.json["next_cursor"] == "d"
    # the token, the page, what documents may name, the drafts that were never looked at
    assert len(queries) == 4, queries
    queries.clear()
    assert api("GET", "/sequences?limit=4").json == page.json
    assert len(queries) == 3, queries
