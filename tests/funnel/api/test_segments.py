"""Segments through the API: tried, made, changed, asked who is in them, deleted when nothing names them."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from funnel import jobs as working
from funnel.crm import segment_preview
from funnel.models import Job
from tests import factories

#: takes a second, whatever is asked
SLOW = "SELECT count(*) AS count FROM leads, pg_sleep(1) WHERE {}"
VIPS = {"key": "vips", "name": "Very important", "condition": {"tag": "vip"}}


@pytest.fixture
def fill(context):
    """Does the jobs that wait, to their end."""

    def work():
        with context.database.transaction() as session:
            waiting = [job.id for job in session.query(Job).filter(Job.due_at.is_not(None))]
        for job in waiting:
            working.work(context, working.KINDS, job, lambda: True)

    return work


@pytest.fixture
def people(context):
    with context.database.transaction() as session:
        made = [factories.lead(session, tags=["vip"] if n % 2 else [], at=context.now()) for n in range(6)]
        return [lead.id for lead in made]


def test_a_segment_is_counted_in_the_background_and_then_pages_its_leads(api, people, fill):
    made = api("POST", "/segments", json=VIPS)
    before = made.json["members"], made.json["counted"]

    fill()
    after = api("GET", "/segments/vips")
    first = api("GET", "/segments/vips/leads?limit=2").json
    rest = api("GET", f"/segments/vips/leads?limit=2&cursor={first['next_cursor']}").json

    assert (made.status_code, made.headers["ETag"], before) == (201, '"1"', (0, 0))
    assert (after.json["members"], after.json["counted"]) == (3, None)
    assert after.headers["ETag"] == '"1"'
    ids = [one["id"] for one in first["items"] + rest["items"]]
    assert ids == sorted(people[1::2], reverse=True)
    assert rest["next_cursor"] is None
    assert first["items"][0]["member_since"] >= after.json["created_at"]
    assert api("GET", "/segments").json["items"] == [after.json]


def test_a_lead_says_which_segments_it_is_in(api, people, fill):
    api("POST", "/segments", json=VIPS)
    fill()

    inside = api("GET", f"/leads/{people[1]}/segments").json["items"]

    assert [(one["key"], one["name"]) for one in inside] == [("vips", "Very important")]
    assert api("GET", f"/leads/{people[0]}/segments").json["items"] == []
    assert api("GET", "/leads/999999/segments").status_code == 404


def test_a_change_needs_the_revision_and_another_condition_counts_anew(api, people, fill):
    api("POST", "/segments", json=VIPS)
    fill()

    without = api("PATCH", "/segments/vips", json={"name": "x"})
    stale = api("PATCH", "/segments/vips", json={"name": "x"}, headers={"If-Match": '"7"'})
    renamed = api("PATCH", "/segments/vips", json={"name": "Dear"}, headers={"If-Match": '"1"'})
    other = api("PATCH", "/segments/vips", json={"condition": {"not": {"tag": "vip"}}}, headers={"If-Match": '"2"'})
    fill()

    assert (without.status_code, without.json["code"]) == (428, "revision_needed")
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert (renamed.json["name"], renamed.json["revision"], renamed.json["counted"]) == ("Dear", 2, None)
    assert (other.json["revision"], other.json["counted"]) == (3, 0)
    assert [one["id"] for one in api("GET", "/segments/vips/leads").json["items"]] == people[0::2][::-1]


def test_saying_the_same_again_changes_nothing(api, people, fill):
    api("POST", "/segments", json=VIPS)
    fill()

    again = api(
        "PATCH", "/segments/vips", json={"name": VIPS["name"], "condition": {"tag": "vip"}}, headers={"If-Match": '"1"'}
    )

    assert (again.json["revision"], again.json["counted"]) == (1, None)


@pytest.mark.parametrize(
    ("condition", "path", "message"),
    [
        ({"tagg": "x"}, "condition", 'did you mean "tag"?'),
        ({"segment": "vip"}, "condition/segment", 'there is no segment "vip"; did you mean "vips"?'),
        ({"event": "segment_joined"}, "condition", 'ask for {"segment": key} itself'),
        ({"segment": "vips"}, "condition", "a segment cannot ask for itself: vips asks for vips"),
        ({"any": [{"tag": "x"}, {"segment": "friends"}]}, "condition", "vips asks for friends asks for vips"),
    ],
)
def test_what_is_wrong_in_a_condition_is_said_where_it_is(api, condition, path, message):
    api("POST", "/segments", json=VIPS)
    api("POST", "/segments", json={"key": "friends", "name": "Friends", "condition": {"segment": "vips"}})

    refused = api("PATCH", "/segments/vips", json={"condition": condition}, headers={"If-Match": '"1"'})

    assert (refused.status_code, refused.json["code"]) == (422, "has_problems")
    [[where, [said]]] = refused.json["errors"].items()
    assert where == path
    assert message in said


def test_a_key_is_used_once(api):
    api("POST", "/segments", json=VIPS)

    assert api("POST", "/segments", json=VIPS).json["code"] == "taken"


def test_there_are_no_more_segments_than_reactions_can_bear(api, monkeypatch):
    monkeypatch.setattr("funnel.crm.segment_conditions.MOST", 1)
    api("POST", "/segments", json=VIPS)

    refused = api("POST", "/segments", json=VIPS | {"key": "more"})

    assert (refused.status_code, refused.json["code"]) == (409, "too_many")


def test_a_segment_that_another_names_is_not_deleted_from_under_it(api, fill, context):
    api("POST", "/segments", json=VIPS)
    api("POST", "/segments", json={"key": "friends", "name": "Friends", "condition": {"segment": "vips"}})

    uses = api("GET", "/segments/vips/uses").json["items"]
    refused = api("DELETE", "/segments/vips")
    gone = [api("DELETE", f"/segments/{key}").status_code for key in ("friends", "vips", "vips")]
    fill()

    assert uses == [{"kind": "segment", "key": "friends"}]
    assert (refused.status_code, refused.json["code"]) == (409, "used")
    assert "the segment friends" in refused.json["detail"]
    assert gone == [204, 204, 404]
    with context.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM segment_tallies")) == 0


def test_trying_a_condition_counts_and_shows_some_and_writes_nothing(api, people):
    tried = api("POST", "/segments/preview", json={"condition": {"tag": "vip"}}).json

    assert (tried["count"], tried["exact"]) == (3, True)
    assert [one["id"] for one in tried["examples"]] == people[1::2][::-1]
    assert api("GET", "/segments").json["items"] == []


def test_trying_a_condition_with_problems_says_which(api):
    tried = api("POST", "/segments/preview", json={"condition": {"all": [{"stage": "warmer"}]}})

    assert (tried.status_code, list(tried.json["errors"])) == (422, ["condition/all/0/stage"])


def test_what_cannot_be_counted_at_once_is_judged_by_a_sample(api, context, monkeypatch):
    with context.database.transaction() as session:
        session.execute(
            text("""
            INSERT INTO leads (email, tags, stage_since, created_at, updated_at)
            SELECT n || '@example.com', CASE WHEN n % 4 = 0 THEN ARRAY['vip'] ELSE '{}' END, :now, :now, :now
              FROM generate_series(1, 2000) AS n
        """),
            {"now": context.now() - timedelta(days=1)},
        )
    monkeypatch.setattr(segment_preview, "COUNTING", 1)
    monkeypatch.setattr(segment_preview, "_COUNT", SLOW)

    tried = api("POST", "/segments/preview", json={"condition": {"tag": "vip"}}).json

    assert tried["exact"] is False
    assert (tried["looked_at"], tried["count"]) == (2000, 500)
    assert len(tried["examples"]) == 10


def test_what_asks_too_much_to_be_tried_is_answered_without_a_count(api, people, monkeypatch):
    monkeypatch.setattr(segment_preview, "_COUNT", SLOW)
    monkeypatch.setattr(segment_preview, "_SAMPLE", SLOW + " AND {} > 0")
    for limit in ("COUNTING", "SAMPLING"):
        monkeypatch.setattr(segment_preview, limit, 1)

    tried = api("POST", "/segments/preview", json={"condition": {"tag": "vip"}})

    assert (tried.status_code, tried.json["count"], tried.json["examples"]) == (200, None, [])
