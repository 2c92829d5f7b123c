"""The board: counts and ages per stage, the newest of each, one person's; counted by a job when there are many."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from funnel import jobs as working
from funnel.crm import board, jobs, users
from funnel.models import Job
from tests import factories, people

DAY = timedelta(days=1)


@pytest.fixture
def crowd(context):
    """Leads on two stages, of many ages; the ids by name."""
    now = context.now()
    ages = {"subscriber": (1, 8, 40, 100, 200), "customer": (6, 31)}
    with context.database.transaction() as session:
        return {
            (stage, days): factories.lead(session, stage=stage, at=now - days * DAY).id
            for stage, some in ages.items()
            for days in some
        }


def columns(told):
    return {one["stage"]["key"]: one for one in told["columns"]}


def test_each_stage_tells_how_many_stand_on_it_for_how_long_and_the_newest_first(api, crowd):
    told = api("GET", "/board").json

    assert [one["stage"]["key"] for one in told["columns"]][:2] == ["subscriber", "lead"]
    subscribers, customers = columns(told)["subscriber"], columns(told)["customer"]
    assert (subscribers["count"], customers["count"], columns(told)["lead"]["count"]) == (5, 2, 0)
    assert [(age["days"], age["leads"]) for age in subscribers["ages"]] == [(7, 1), (30, 1), (90, 1), (None, 2)]
    assert [age["leads"] for age in customers["ages"]] == [1, 0, 1, 0]
    assert [lead["id"] for lead in subscribers["leads"]] == [crowd["subscriber", days] for days in (1, 8, 40, 100, 200)]
    assert told["counted_at"]


def test_only_so_many_leads_of_a_stage_are_told_and_all_are_counted(api, context):
    with context.database.transaction() as session:
        for _ in range(board.NEWEST + 5):
            factories.lead(session)

    subscribers = columns(api("GET", "/board").json)["subscriber"]

    assert (subscribers["count"], len(subscribers["leads"])) == (board.NEWEST + 5, board.NEWEST)


def test_a_person_sees_the_own_leads_alone(api, client, context, crowd):
    wall = context.wall()
    with context.database.transaction() as session:
        mia = people.user(session, at=wall).id
        session.execute(text("UPDATE leads SET owner_id = :mia WHERE stage = 'customer'"), {"mia": mia})
        people.sign_in(session, client, users.find(session, mia), wall)

    for told in (client.get("/api/v1/board?owner=me").json, api("GET", f"/board?owner={mia}").json):
        assert {key: one["count"] for key, one in columns(told).items() if one["count"]} == {"customer": 2}
        assert len(columns(told)["customer"]["leads"]) == 2


def test_of_many_leads_a_job_counts_and_the_board_says_as_of_when(context, session, crowd, now):
    session.execute(text("ANALYZE leads"))
    wall = context.wall()
    first = board.read(session, context.now(), wall, at_once=3)
    board.read(session, context.now(), wall, at_once=3)
    session.commit()
    assert (first.counted_at, {one.count for one in first.columns}) == (None, {None})
    [job] = session.query(Job).filter_by(kind=board.KIND)

    working.work(context, working.KINDS, job.id, lambda: True)
    session.expire_all()
    counted = board.read(session, context.now(), wall, at_once=3)

    assert {one.stage.key: one.count.leads for one in counted.columns if one.count.leads} == {
        "subscriber": 5,
        "customer": 2,
    }
    assert counted.counted_at == jobs.by_id(session, job.id).ended_at
    assert session.query(Job).filter_by(kind=board.KIND).count() == 1
    board.read(session, context.now(), counted.counted_at + board.GOOD_FOR, at_once=3)
    assert session.query(Job).filter_by(kind=board.KIND).count() == 2


def test_the_board_takes_as_many_statements_for_many_leads_as_for_one(api, context, queries):
    def statements(number):
        with context.database.transaction() as session:
            for _ in range(number):
                factories.lead(session)
        queries.clear()
        api("GET", "/board")
        return len(queries)

    assert statements(1) == statements(30)


def test_an_owner_is_a_user(api):
    assert api("GET", "/board?owner=mia").status_code == 422
