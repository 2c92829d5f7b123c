"""One way to change what others change too, the same for every thing that has revisions: ETag and If-Match."""

import pytest

from tests import problems

FORM = {"key": "trial", "name": "Trial"}
SCORING = {"half_life": "30 days", "rules": []}
DRAFT = {"steps": []}


@pytest.fixture(params=["forms", "rules", "sequences"])
def thing(request, api):
    """Address of something with revisions, a change of it, and its ETag now."""
    if request.param == "forms":
        made = api("POST", "/forms", json=FORM)
        return "/forms/trial", FORM | {"name": "Try it"}, made.headers["ETag"]
    if request.param == "rules":
        return "/rules/scoring", SCORING, api("GET", "/rules/scoring").headers["ETag"]
    made = api("PUT", "/sequences/trial", json=DRAFT)
    return "/sequences/trial", DRAFT | {"name": "Try it"}, made.headers["ETag"]


@pytest.fixture
def app(context):
    import wsgi

    app = wsgi.compose(context.settings, context)
    app.testing = True
    return app


def test_a_change_that_names_what_is_there_is_made_and_told(api, thing):
    path, change, etag = thing
    assert api("GET", path).headers["ETag"] == etag

    changed = api("PUT", path, json=change, headers={"If-Match": etag})

    assert changed.status_code == 200
    assert changed.headers["ETag"] == api("GET", path).headers["ETag"] != etag


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (None, 428, "revision_needed"),
        ("", 412, "stale"),
        ('"987654"', 412, "stale"),
        ("*", 412, "stale"),
        ('W/"1"', 412, "stale"),
        ('"x"', 412, "stale"),
        ('""', 412, "stale"),
        ('"99999999999999999999999"', 412, "stale"),
        ("nonsense", 412, "stale"),
    ],
)
def test_a_change_that_does_not_is_refused_and_changes_nothing(api, thing, given, status, code):
    path, change, etag = thing
    answer = api("PUT", path, json=change, headers={} if given is None else {"If-Match": given})

    problems.check(answer)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert api("GET", path).headers["ETag"] == etag


def test_the_second_of_two_who_read_the_same_is_told(api, thing):
    path, change, etag = thing
    assert api("PUT", path, json=change, headers={"If-Match": etag}).status_code == 200

    assert api("PUT", path, json=change, headers={"If-Match": etag}).status_code == 412


@pytest.mark.parametrize("path", ["/rules/scoring", "/forms/trial"])
def test_who_has_the_newest_is_sent_nothing(api, path):
    api("POST", "/forms", json=FORM)
    etag = api("GET", path).headers["ETag"]

    same = api("GET", path, headers={"If-None-Match": etag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", etag)
    assert api("GET", path, headers={"If-None-Match": '"987654"'}).status_code == 200
    assert api("GET", path, headers={"If-None-Match": f'"987654", {etag}'}).status_code == 304


def test_a_sequence_is_told_whole_because_more_than_its_draft_changes(api):
    etag = api("PUT", "/sequences/trial", json=DRAFT).headers["ETag"]

    assert api("GET", "/sequences/trial", headers={"If-None-Match": etag}).status_code == 200


def test_the_description_tells_which_operations_have_revisions(client):
    paths = client.get("/api/v1/openapi.json").json["paths"]
    read, change = paths["/api/v1/forms/{key}"]["get"], paths["/api/v1/forms/{key}"]["put"]

    assert "304" in read["responses"]
    assert {"412", "428"} <= change["responses"].keys()
    assert "If-Match" in [one["name"] for one in change["parameters"] if "name" in one]
    assert "ETag" in read["responses"]["200"]["headers"]
