"""Rules through the API: read, checked, tried, published; each as a version of its own."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from funnel.crm.facts import Fact, record
from funnel.models import Lead

FORM = {"key": "form", "name": "A form", "when": {"event": "form_submitted"}, "axis": "engagement", "points": 30}
SCORING = {"half_life": "10 days", "rules": [FORM]}
LADDER = {"rungs": [{"stage": "lead", "enter": {"score": {"at_least": 25}}}]}


@pytest.fixture
def lead(context):
    def make(email, *, forms=1, **columns):
        now = context.now()
        with context.database.transaction() as session:
            row = Lead(email=email, stage_since=now, created_at=now, updated_at=now, **columns)
            session.add(row)
            session.flush()
            facts = [Fact("form_submitted", row.id, now - timedelta(minutes=n), {"form": "x"}) for n in range(forms)]
            record(session, facts)
            return row.id

    return make


def counted(context, table):
    with context.database.transaction() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}"))


@pytest.mark.parametrize("kind", ["scoring", "ladder"])
def test_an_installation_begins_with_rules_that_have_no_problem(api, kind):
    rules = api("GET", f"/rules/{kind}")

    checked = api("POST", f"/rules/{kind}/check", json=rules.json["document"])

    assert (rules.json["number"], rules.json["published_by"], rules.headers["ETag"]) == (1, None, '"1"')
    assert checked.json == {"problems": [], "warnings": []}


def test_published_rules_are_a_new_version_that_counts(api, context):
    put = api("PUT", "/rules/scoring", json=SCORING, headers={"If-Match": '"1"'})

    assert put.status_code == 200, put.json
    assert (put.json["number"], put.json["document"], put.headers["ETag"]) == (2, SCORING, '"2"')
    assert put.json["published_by"].startswith("token ")
    assert api("GET", "/rules/scoring").json == put.json
    assert [one["number"] for one in api("GET", "/rules/scoring/versions").json["items"]] == [2, 1]
    assert api("GET", "/rules/ladder").json["number"] == 1


def test_publishing_what_is_published_changes_nothing(api):
    api("PUT", "/rules/ladder", json=LADDER, headers={"If-Match": '"1"'})

    again = api("PUT", "/rules/ladder", json=LADDER, headers={"If-Match": '"2"'})

    assert again.json["number"] == 2


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "revision_needed"),
        ({"If-Match": '"7"'}, 412, "stale"),
        ({"If-Match": "*"}, 412, "stale"),
    ],
)
def test_nobody_replaces_rules_unseen(api, headers, status, code):
    answer = api("PUT", "/rules/scoring", json=SCORING, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert api("GET", "/rules/scoring").json["number"] == 1


@pytest.mark.parametrize(
    ("kind", "document", "path"),
    [
        ("scoring", {"half_life": "10 days", "rules": [{**FORM, "points": 0}]}, "rules/0/points"),
        ("scoring", {"half_life": "10 days", "rules": [{**FORM, "when": {"event": "enrolled"}}]}, "rules/0/when/event"),
        ("ladder", {"rungs": [{"stage": "leed", "enter": {"score": {"at_least": 1}}}]}, "rungs/0/stage"),
        ("ladder", {}, "body"),
    ],
)
def test_rules_with_problems_are_not_published_and_the_problems_are_told(api, kind, document, path):
    put = api("PUT", f"/rules/{kind}", json=document, headers={"If-Match": '"1"'})
    checked = api("POST", f"/rules/{kind}/check", json=document)

    assert (put.status_code, put.json["code"]) == (422, "has_problems")
    assert list(put.json["errors"]) == [path]
    assert [one["path"] or "body" for one in checked.json["problems"]] == [path]


def test_a_ladder_that_leads_could_go_up_and_down_is_pointed_out(api):
    rung = {"stage": "lead", "enter": {"score": {"at_least": 25}}, "leave": {"score": {"at_most": 24}}, "demote": True}

    checked = api("POST", "/rules/ladder/check", json={"rungs": [rung]})

    assert [one["path"] for one in checked.json["warnings"]] == ["rungs/0/leave"]


def test_what_if_tells_who_would_stand_elsewhere_and_writes_nothing(api, context, lead):
    lena, omar = lead("lena@example.com"), lead("omar@example.com", forms=2)
    lead("noor@example.com", forms=0)
    before = [counted(context, table) for table in ("events", "score_entries", "rules_versions", "lead_clocks")]
    ladder = {"rungs": [{"stage": "lead", "enter": {"score": {"at_least": 55}}}]}

    told = api("POST", "/rules/what-if", json={"scoring": SCORING, "ladder": ladder}).json

    assert (told["leads"], told["complete"], told["other_score"], told["other_stage"]) == (3, True, 2, 1)
    assert told["moves"] == [{"from": "lead", "to": "subscriber", "leads": 1}]
    assert [(one["lead_id"], one["stage"], one["new_stage"]) for one in told["examples"]] == [
        (lena, "lead", "subscriber"),
        (omar, "lead", "lead"),
    ]
    assert [round(one["new_score"]) for one in told["examples"]] == [30, 60]
    assert [counted(context, table) for table in ("events", "score_entries", "rules_versions", "lead_clocks")] == before


def test_what_if_with_the_rules_that_count_finds_nothing(api, lead):
    lead("lena@example.com")

    told = api("POST", "/rules/what-if", json={"scoring": api("GET", "/rules/scoring").json["document"]}).json

    assert (told["other_score"], told["other_stage"], told["examples"]) == (0, 0, [])


def test_what_if_looks_no_further_than_asked_and_says_so(api, lead):
    for n in range(4):
        lead(f"lead{n}@example.com")

    told = api("POST", "/rules/what-if", json={"scoring": SCORING, "leads": 2, "days": 7}).json

    assert (told["leads"], told["complete"]) == (2, False)
    assert told["since"]


def test_what_if_takes_as_many_statements_for_many_leads_as_for_one(api, lead, queries):
    lead("lena@example.com", fields={"company": "Nadir"})
    queries.clear()
    api("POST", "/rules/what-if", json={"scoring": SCORING})
    one = len(queries)
    for n in range(50):
        lead(f"lead{n}@example.com")
    queries.clear()

    api("POST", "/rules/what-if", json={"scoring": SCORING})

    assert len(queries) == one


def test_what_if_tells_the_problems_of_what_is_tried_by_path(api):
    answer = api("POST", "/rules/what-if", json={"scoring": {}, "ladder": {"rungs": [{}]}})

    assert (answer.status_code, answer.json["code"]) == (422, "has_problems")
    assert set(answer.json["errors"]) == {"scoring", "ladder/rungs/0"}
