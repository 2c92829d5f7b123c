"""Goals are made, conversions told once however often they are told, and withdrawn with a reason."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from funnel.models import Conversion, Event
from tests import factories, problems

GOAL = {"key": "order", "name": "Order", "value": "100", "currency": "EUR"}


@pytest.fixture
def lena(session):
    return factories.lead(session, "lena@example.com").id


@pytest.fixture
def goal(api):
    assert api("POST", "/goals", json=GOAL).status_code == 201


@pytest.fixture
def told(session):
    """Kind and data of the facts about conversions, in their order."""

    def read():
        rows = session.scalars(select(Event).where(Event.kind.like("conver%")).order_by(Event.id)).all()
        return [(row.kind, row.lead_id, row.data) for row in rows]

    return read


def test_a_goal_is_made_read_changed_and_deleted(api):
    made = api("POST", "/goals", json=GOAL)
    assert (made.status_code, made.json["value"], made.json["stage"]) == (201, "100", None)
    changed = {"name": "An order", "stage": "customer", "value": None, "currency": None}
    answer = api("PUT", "/goals/order", json=changed, headers={"If-Match": made.headers["ETag"]})
    assert (answer.status_code, answer.json["stage"], answer.json["value"]) == (200, "customer", None)
    assert [one["name"] for one in api("GET", "/goals").json["items"]] == ["An order"]
    assert api("GET", "/goals/order", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert api("DELETE", "/goals/order").status_code == 204
    assert api("GET", "/goals/order").status_code == 404
    assert api("DELETE", "/goals/order").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": "An Order"}, "key"),
        ({"name": ""}, "name"),
        ({"stage": "nirvana"}, "stage"),
        ({"value": None}, "currency"),
        ({"currency": None}, "currency"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"value": "-1"}, "value"),
        ({"value": "0.00001"}, "value"),
        ({"value": "1e30"}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": "much"}, "value"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_goal_is_refused_by_field(api, change, field):
    answer = api("POST", "/goals", json=GOAL | change)

    problems.check(answer)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_a_key_is_used_once(api, goal):
    assert api("POST", "/goals", json=GOAL).json["code"] == "taken"


def test_a_conversion_told_twice_is_one_with_one_fact(api, goal, lena, told):
    body = {"goal": "order", "lead_id": lena, "key": "A-17", "value": "49.90", "currency": "CHF"}
    first, again = api("POST", "/conversions", json=body), api("POST", "/conversions", json=body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert (first.json["value"], first.json["currency"], first.json["goal_name"]) == ("49.9", "CHF", "Order")
    assert told() == [
        ("converted", lena, {"goal": "order", "conversion": first.json["id"], "by": first.json["told_by"]})
    ]


def test_a_lead_is_named_by_its_address_and_a_goal_gives_the_value(api, goal, lena):
    made = api("POST", "/conversions", json={"goal": "order", "email": "Lena@Example.com", "key": "A-18"}).json

    assert (made["lead_id"], made["value"], made["currency"]) == (lena, "100", "EUR")


def test_the_same_key_for_somebody_else_or_another_value_is_refused(api, goal, lena, session):
    omar = factories.lead(session).id
    body = {"goal": "order", "lead_id": lena, "key": "A-17", "value": "5", "currency": "EUR"}
    api("POST", "/conversions", json=body)

    for other in ({"lead_id": omar}, {"value": "6"}, {"currency": "USD"}):
        answer = api("POST", "/conversions", json=body | other)
        assert (answer.status_code, answer.json["code"]) == (409, "taken")
    assert session.scalar(select(func.count()).select_from(Conversion)) == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"goal": "none"}, 422, "invalid"),
        ({"lead_id": 987654}, 422, "unknown_lead"),
        ({"lead_id": None}, 422, "invalid"),
        ({"email": "lena@example.com"}, 422, "invalid"),
        ({"key": ""}, 422, "invalid"),
        ({"value": "5"}, 422, "invalid"),
        ({"at": "2999-01-01T00:00:00Z"}, 422, "invalid"),
    ],
)
def test_a_wrong_conversion_is_refused_and_nothing_is_written(api, goal, lena, session, told, change, status, code):
    answer = api("POST", "/conversions", json={"goal": "order", "lead_id": lena, "key": "A-1"} | change)

    problems.check(answer)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert session.scalar(select(func.count()).select_from(Conversion)) == 0
    assert told() == []


def test_a_withdrawn_conversion_stays_with_its_reason_and_its_story(api, goal, lena, told):
    made = api("POST", "/conversions", json={"goal": "order", "lead_id": lena, "key": "A-1"}).json
    answer = api("POST", f"/conversions/{made['id']}/withdraw", json={"reason": "sent back"})
    again = api("POST", f"/conversions/{made['id']}/withdraw", json={"reason": "another"})

    assert (answer.status_code, answer.json["reason"]) == (200, "sent back")
    assert again.json == answer.json
    assert [kind for kind, _, _ in told()] == ["converted", "conversion_withdrawn"]
    assert "sent back" not in str(told())
    assert api("DELETE", "/goals/order").json["code"] == "has_conversions"
    assert api("POST", "/conversions/987654/withdraw", json={"reason": "x"}).status_code == 404


def test_conversions_are_listed_page_by_page_at_one_query_each(api, goal, lena, session, queries):
    api("POST", "/goals", json=GOAL | {"key": "demo"})
    for n in range(5):
        api("POST", "/conversions", json={"goal": "order", "lead_id": lena, "key": f"A-{n}"})
    api("POST", "/conversions", json={"goal": "demo", "lead_id": factories.lead(session).id, "key": "D"})
    queries.clear()
    page = api("GET", "/conversions?goal=order&limit=3").json

    assert len(queries) == 2  # the token, the page
    rest = api("GET", f"/conversions?goal=order&limit=3&cursor={page['next_cursor']}").json
    assert [one["key"] for one in page["items"] + rest["items"]] == ["A-4", "A-3", "A-2", "A-1", "A-0"]
    assert rest["next_cursor"] is None
    of_lena = api("GET", f"/leads/{lena}/conversions").json["items"]
    assert {one["goal"] for one in of_lena} == {"order"}
    assert api("GET", "/leads/987654/conversions").status_code == 404


def test_a_conversion_may_have_happened_before(api, goal, lena, now):
    at = now - timedelta(days=40)
    body = {"goal": "order", "lead_id": lena, "key": "A", "at": at.isoformat()}

    assert api("POST", "/conversions", json=body).json["at"] == at.isoformat()
