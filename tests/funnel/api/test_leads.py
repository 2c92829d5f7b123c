"""The list of leads: filters, keyset pages, what a lead looks like; and one lead's timeline."""

from datetime import timedelta

import pytest

from funnel.crm import facts
from funnel.crm.facts import Fact
from funnel.models import Lead
from tests import problems


@pytest.fixture
def lead(context, now):
    numbers = iter(range(1000))

    def make(email="lena@example.com", **columns):
        at = columns.pop("created_at", now + timedelta(minutes=next(numbers)))
        columns = {"created_at": at, "updated_at": at, "stage_since": at} | columns
        with context.database.transaction() as session:
            row = Lead(email=email, **columns)
            session.add(row)
            session.flush()
            return row.id

    return make


def emails(answer):
    return [item["email"] for item in answer.json["items"]]


def test_a_lead_has_the_promised_fields(api, lead, now, context):
    lead_id = lead(
        created_at=now,
        fit=3,
        engagement=2.5,
        engaged_at=context.now(),
        tags=["vip"],
        fields={"city": "Lyon"},
        zone="Europe/Paris",
    )

    answer = api("GET", "/leads?email=lena@example.com")

    assert answer.json == {
        "items": [
            {
                "id": lead_id,
                "email": "lena@example.com",
                "stage": "subscriber",
                "score": pytest.approx(5.5, abs=1e-4),
                "fit": 3.0,
                "engagement": pytest.approx(2.5, abs=1e-4),
                "tags": ["vip"],
                "fields": {"city": "Lyon"},
                "zone": "Europe/Paris",
                "locale": None,
                "owner": None,
                "demo": False,
                "created_at": "2026-03-02T10:00:00+00:00",
                "updated_at": "2026-03-02T10:00:00+00:00",
                "last_activity_at": "2026-03-02T10:00:00+00:00",
            }
        ],
        "next_cursor": None,
        "count": 1,
        "more": False,
    }
    one = api("GET", f"/leads/{lead_id}").json
    assert {**one, "score": 0, "engagement": 0} == {**answer.json["items"][0], "score": 0, "engagement": 0}


def test_a_lead_is_told_with_what_is_left_of_its_engagement(api, lead, context):
    lead(engagement=40, engaged_at=context.now() - timedelta(days=30), fit=5)

    [told] = api("GET", "/leads").json["items"]

    assert (told["engagement"], told["score"]) == (pytest.approx(20, abs=1e-3), pytest.approx(25, abs=1e-3))


def test_answers_about_people_are_kept_by_no_cache(api, client, lead):
    lead("lena@example.com")

    told, refused = api("GET", "/leads"), client.get("/api/v1/leads")

    assert (told.status_code, told.headers["Cache-Control"]) == (200, "no-store")
    assert (refused.status_code, refused.headers["Cache-Control"]) == (401, "no-store")


@pytest.mark.parametrize("written", ["Lena+News@Example.com", "lena news@example.com"])
def test_a_plus_in_the_email_filter_is_understood_encoded_or_not(api, lead, written):
    lead("lena+news@example.com")

    assert emails(api("GET", "/leads", query_string={"email": written})) == ["lena+news@example.com"]


def test_the_email_filter_knows_names_beyond_ascii(api, lead):
    lead("lena@xn--bcher-kva.example")

    assert emails(api("GET", "/leads", query_string={"email": "Lena@Bücher.example"})) == ["lena@xn--bcher-kva.example"]


def test_the_email_filter_reads_an_address_however_it_is_written(api, lead):
    lead("lena@example.com")
    lead("omar@example.com")

    answer = api("GET", "/leads", query_string={"email": "  LENA@Example.com "})

    assert emails(answer) == ["lena@example.com"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "LYON"}, ["a@x.example"]),
        ({"search": "b@"}, ["b@x.example"]),
        ({"search": "%"}, []),
        ({"search": "_"}, ["c_c@x.example"]),
        ({"stage": "customer"}, ["b@x.example"]),
        ({"tag": "vip"}, ["a@x.example"]),
        ({"tag": "vip", "stage": "customer"}, []),
        ({"email": "nobody@x.example"}, []),
    ],
)
def test_filters_narrow_the_list(api, lead, query, found):
    lead("a@x.example", fields={"city": "Lyon"}, tags=["vip"])
    lead("b@x.example", stage="customer")
    lead("c_c@x.example")

    assert emails(api("GET", "/leads", query_string=query)) == found


def test_pages_meet_without_gap_or_overlap_even_when_leads_came_at_one_instant(api, lead, now):
    for number in range(7):
        lead(f"lead{number}@x.example", created_at=now)

    seen, cursor = [], ""
    while cursor is not None:
        page = api("GET", f"/leads?limit=3{'&cursor=' + cursor if cursor else ''}")
        seen += emails(page)
        cursor = page.json["next_cursor"]

    assert seen == [f"lead{number}@x.example" for number in reversed(range(7))]


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/leads?cursor=x", 422, "cursor"),
        ("/leads?cursor=MS4x.%C3%A9", 422, "cursor"),
        ("/leads?cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ", 422, "cursor"),
        ("/leads?cursor=MS45OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ", 422, "cursor"),
        ("/leads?limit=0", 422, "limit"),
        ("/leads?limit=501", 422, "limit"),
        ("/leads?limit=" + "9" * 5000, 422, "limit"),
        ("/leads?limit=many", 422, "limit"),
        ("/leads?emial=lena@example.com", 422, "emial"),
        ("/leads?email=", 422, "email"),
        ("/leads?email=%00", 422, "query.email.0"),
        ("/leads?search=" + "a" * 201, 422, "search"),
        ("/leads/0", 404, None),
        ("/leads/99999999999999999999", 404, None),
        ("/leads/-1", 404, None),
        ("/leads/abc", 404, None),
        ("/leads/7/timeline?limit=x", 422, "limit"),
        ("/leads/987654321/timeline", 404, None),
    ],
)
def test_a_bad_question_gets_a_clear_answer(api, path, status, field):
    answer = api("GET", path)

    assert answer.status_code == status
    problems.check(answer)
    assert field is None or field in answer.json["errors"]


def test_a_timeline_tells_the_newest_fact_first(api, lead, context, now):
    lead_id = lead()
    with context.database.transaction() as session:
        at = [now, now, now + timedelta(days=1)]
        facts.record(session, [Fact(f"kind_{n}", lead_id, when, {"n": n}) for n, when in enumerate(at)])

    first = api("GET", f"/leads/{lead_id}/timeline?limit=2").json
    second = api("GET", f"/leads/{lead_id}/timeline?limit=2&cursor={first['next_cursor']}").json

    assert [item["kind"] for item in first["items"] + second["items"]] == ["kind_2", "kind_1", "kind_0"]
    assert first["items"][0].keys() == {"id", "at", "kind", "data"}
    assert second["next_cursor"] is None


@pytest.mark.parametrize(("path", "most"), [("/leads?limit=500", 7), ("/leads/{id}/timeline?limit=500", 4)])
def test_lists_ask_the_database_as_often_for_many_rows_as_for_one(api, lead, context, now, queries, path, most):
    ids = [lead(f"lead{number}@x.example", tags=["a"]) for number in range(20)]
    with context.database.transaction() as session:
        facts.record(session, [Fact("tagged", ids[0], now) for _ in range(20)])
    queries.clear()

    answer = api("GET", path.format(id=ids[0]))

    assert len(answer.json["items"]) == 20
    assert len(queries) <= most, queries
