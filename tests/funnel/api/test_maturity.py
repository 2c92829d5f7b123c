"""One lead's score and stage, each with its why; and a move by hand that holds."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from funnel.crm import facts
from funnel.crm.facts import Fact
from funnel.models import Event, Lead, LeadClock, ScoreEntry

DAY = timedelta(days=1)


@pytest.fixture
def now(context):
    """Engine time as the service has it."""
    return context.now()


@pytest.fixture
def lena(context, now):
    with context.database.transaction() as session:
        lead = Lead(email="lena@example.com", stage_since=now - 90 * DAY, created_at=now, updated_at=now)
        session.add(lead)
        session.flush()
        return lead.id


def entry(lead, at, points, rule="form", event=0, axis="engagement"):
    told = {"lead_id": lead, "at": at, "rule": rule, "event_id": event, "version": 1}
    return ScoreEntry(**told, axis=axis, points=points, lasting=axis == "fit")


def write(context, *rows):
    with context.database.transaction() as session:
        session.add_all(rows)


def test_a_score_is_told_with_every_rule_that_gave_points_and_what_is_left_of_them(api, context, lena, now):
    at = now - 30 * DAY
    with context.database.transaction() as session:
        facts.record(session, [Fact("form_submitted", lena, at, {"form": "x"})])
        event = session.scalar(text("SELECT max(id) FROM events"))
        session.add_all([entry(lena, at, 20, event=event), entry(lena, at, 10, rule="company", axis="fit")])

    told = api("GET", f"/leads/{lena}/score").json

    assert (round(told["score"], 3), told["fit"], round(told["engagement"], 3)) == (20, 10, 10)
    assert told["half_life"] == "30 days"
    assert {(one["name"], one["kind"], one["points"], round(one["left"], 3)) for one in told["entries"]} == {
        ("Filled in a form", "form_submitted", 20, 10),
        ("The company is known", None, 10, 10),
    }


def test_the_score_of_a_past_moment_is_told_as_it_was(api, context, lena, now):
    write(context, entry(lena, now - 40 * DAY, 20), entry(lena, now - 5 * DAY, 50))

    told = api("GET", f"/leads/{lena}/score", query_string={"at": (now - 10 * DAY).isoformat()}).json

    assert told["score"] == 10
    assert len(told["entries"]) == 1


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_far_from_any_life_is_refused_in_words(api, context, lena, now, at):
    write(context, entry(lena, now, 20))

    told = api("GET", f"/leads/{lena}/score", query_string={"at": at})

    assert (told.status_code, told.json["errors"]) == (422, {"at": ["Must be between the years 1900 and 2999."]})


def test_of_a_long_ledger_the_older_entries_count_and_are_told_together(api, context, lena, now):
    write(context, *[entry(lena, now - n * timedelta(minutes=1), 1, axis="fit") for n in range(230)])

    told = api("GET", f"/leads/{lena}/score").json

    assert (len(told["entries"]), told["older"], told["older_fit"], told["score"]) == (200, 30, 30, 230)


def test_the_why_of_a_score_takes_as_many_statements_for_many_entries_as_for_one(api, context, lena, now, queries):
    write(context, entry(lena, now, 1))
    queries.clear()
    api("GET", f"/leads/{lena}/score")
    one = len(queries)
    write(context, *[entry(lena, now - n * DAY, 1) for n in range(1, 60)])
    queries.clear()

    api("GET", f"/leads/{lena}/score")

    assert len(queries) == one


def test_a_stage_is_told_with_what_moved_it_and_what_the_rule_asked(api, context, lena, now):
    seen = {"rung": "lead", "rule": "enter", "version": 1, "fit": 0, "engagement": 20}
    moves = [
        Fact(
            "stage_changed", lena, now - DAY, {"from": "subscriber", "to": "lead", "reason": "rule", "evidence": seen}
        ),
        Fact("stage_changed", lena, now, {"from": "lead", "to": "customer", "reason": "sequence", "sequence": "x"}),
    ]
    with context.database.transaction() as session:
        facts.record(session, moves)

    [newest, first] = api("GET", f"/leads/{lena}/stage").json["history"]

    assert (first["reason"], first["evidence"], first["condition"]) == ("rule", seen, {"score": {"at_least": 15}})
    assert (newest["from"], newest["to"], newest["sequence"], newest["evidence"]) == ("lead", "customer", "x", None)


def test_a_move_by_hand_holds_for_thirty_days_and_says_who_did_it(api, context, lena, now):
    told = api("PUT", f"/leads/{lena}/stage", json={"stage": "opportunity"}).json

    assert told["stage"] == "opportunity"
    assert told["held_until"] == told["look_at"]
    with context.database.transaction() as session:
        lead = session.get(Lead, lena)
        assert timedelta() <= lead.stage_held_until - (now + 30 * DAY) < timedelta(minutes=1)
        assert lead.stage_since >= now
        [fact] = session.query(Event).filter_by(kind="stage_changed")
        assert session.get(LeadClock, lena).due_at == lead.stage_held_until
    assert (fact.data["from"], fact.data["to"], fact.data["reason"]) == ("subscriber", "opportunity", "person")
    assert told["history"][0]["by"] == fact.data["by"]
    assert fact.data["by"].startswith("token ")


def test_a_move_holds_until_the_time_that_was_chosen(api, lena, now):
    until = (now + 3 * DAY).isoformat()

    assert api("PUT", f"/leads/{lena}/stage", json={"stage": "lead", "hold_until": until}).json["held_until"] == until


def test_a_hold_that_is_over_already_lets_the_rules_look_at_once(api, context, lena, now):
    told = api("PUT", f"/leads/{lena}/stage", json={"stage": "lead", "hold_until": (now - DAY).isoformat()}).json

    assert told["held_until"] is None
    assert told["look_at"] <= context.now().isoformat()


def test_holding_a_lead_where_it_stands_is_no_move(api, context, lena, now):
    told = api("PUT", f"/leads/{lena}/stage", json={"stage": "subscriber"}).json

    assert told["held_until"]
    assert told["history"] == []
    assert told["since"] == (now - 90 * DAY).isoformat()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"stage": "warm"}, "stage"),
        ({}, "stage"),
        ({"stage": "lead", "hold_until": "2026-03-02T10:00:00"}, "hold_until"),
        ({"stage": "lead", "hold_until": "9999-12-31T23:59:59-14:00"}, "hold_until"),
        ({"stage": "lead", "until": "soon"}, "until"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused_by_field(api, lena, body, field):
    answer = api("PUT", f"/leads/{lena}/stage", json=body)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


@pytest.mark.parametrize(("method", "part"), [("GET", "score"), ("GET", "stage"), ("PUT", "stage")])
def test_nobody_has_no_score_and_no_stage(api, method, part):
    options = {"json": {"stage": "lead"}} if method == "PUT" else {}

    assert api(method, f"/leads/999999/{part}", **options).status_code == 404
