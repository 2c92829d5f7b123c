"""Many leads at once: as a job, bite by bite, counted by what became of them."""

import pytest

from funnel import jobs as working
from funnel.crm import bulk, jobs, users
from funnel.models import BulkLead, Event, Lead, Task
from nurture_sequences.jobs import KINDS
from nurture_sequences.models import Enrollment
from tests import factories, people

CROWD = bulk.BITE + 50


@pytest.fixture
def crowd(context):
    """More leads than a bite; all but ten have a tag that a filter finds."""
    with context.database.transaction() as session:
        return [factories.lead(session, tags=["fair"] if n >= 10 else []).id for n in range(CROWD)]


@pytest.fixture
def do(played_api, play):
    """Ask for it, let the worker work, and tell what came of it."""

    def run(**asked):
        answer = played_api("POST", "/leads/bulk", json=asked)
        assert answer.status_code == 202, answer.json
        total = answer.json["total"]
        play.turn()
        job = played_api("GET", f"/jobs/{answer.json['id']}").json
        assert (job["status"], job["done"], job["total"]) == ("done", total, total)
        return job["result"]

    return run


def test_all_that_fit_get_a_tag_and_who_had_it_is_counted(do, context, crowd):
    assert do(action="tag", tag="vip", leads=crowd[:3]) == {"changed": 3, "unchanged": 0, "refused": {}}

    told = do(action="tag", tag="vip", filter={})

    assert (told["changed"], told["unchanged"]) == (CROWD - 3, 3)
    with context.database.transaction() as session:
        assert session.query(Lead).filter(Lead.tags.contains(["vip"])).count() == CROWD
        assert session.query(Event).filter_by(kind="tagged").count() == CROWD
        assert session.query(BulkLead).count() == 0


def test_a_filter_means_those_who_fit_when_it_was_asked(played_api, play, context, crowd):
    assert played_api("POST", "/leads/bulk/count", json={"filter": {"tag": "fair"}}).json == {"count": CROWD - 10}
    job = played_api("POST", "/leads/bulk", json={"action": "untag", "tag": "fair", "filter": {"tag": "fair"}}).json
    with context.database.transaction() as session:
        factories.lead(session, tags=["fair"])
    assert job["total"] == CROWD - 10

    play.turn()

    assert played_api("POST", "/leads/bulk/count", json={"filter": {"tag": "fair"}}).json == {"count": 1}


def test_owners_take_turns_over_all_bites(do, context, crowd, now):
    with context.database.transaction() as session:
        team = [people.user(session, f"{n}@funnel.example", name=f"{n}", at=now).id for n in range(3)]

    told = do(action="assign", owners=team, filter={})

    with context.database.transaction() as session:
        given = [lead.owner_id for lead in session.query(Lead).order_by(Lead.id)]
    assert given == [team[n % 3] for n in range(CROWD)]
    assert told["changed"] == CROWD
    assert do(action="assign", owners=[], leads=crowd[:5])["changed"] == 5


def test_a_stage_holds_as_if_moved_by_hand(do, context, crowd):
    assert do(action="stage", stage="customer", leads=crowd[:5])["changed"] == 5
    with context.database.transaction() as session:
        lead = session.get(Lead, crowd[0])
        assert (lead.stage, lead.stage_held_until is not None) == ("customer", True)


def test_leads_enter_a_sequence_with_spread_clocks_and_who_is_in_is_told(do, context, crowd, session):
    with context.database.transaction() as own:
        factories.sequence(own)

    first = do(action="enroll", sequence="welcome", leads=crowd[:20])
    again = do(action="enroll", sequence="welcome", filter={})

    assert first["changed"] == 20
    assert again["refused"]["in it, or may not enter again yet"] == 20
    assert again["changed"] == CROWD - 20
    assert session.query(Enrollment).count() == CROWD
    started = [fact.at for fact in session.query(Event).filter_by(kind="enrolled")]
    assert len(started) == CROWD
    out = do(action="take_out", sequence="welcome", leads=crowd[:30])
    assert out["changed"] == 30
    session.expire_all()
    assert session.query(Enrollment).filter_by(status="ended", reason="by hand").count() == 30
    assert do(action="take_out", sequence="welcome", leads=crowd[:30])["refused"]["not in it"] == 30


def test_first_steps_of_a_crowd_come_due_one_after_the_other(played_api, play, context, crowd, session):
    with context.database.transaction() as own:
        factories.sequence(own, status="paused")
    job = played_api("POST", "/leads/bulk", json={"action": "enroll", "sequence": "welcome", "leads": crowd[:50]}).json[
        "id"
    ]

    working.work(play.context, KINDS, job, lambda: True)

    due = {one.due_at for one in session.query(Enrollment)}
    assert len(due) == 50
    assert 0.9 < (max(due) - min(due)).total_seconds() < 1


def test_who_is_erased_meanwhile_is_counted_as_gone(played_api, play, context, crowd):
    job = played_api("POST", "/leads/bulk", json={"action": "tag", "tag": "x", "leads": crowd[:5]}).json["id"]
    with context.database.transaction() as session:
        for lead in session.query(Lead).filter(Lead.id.in_(crowd[:2])):
            session.execute(
                Lead.metadata.tables["consents"].delete().where(Lead.metadata.tables["consents"].c.lead_id == lead.id)
            )
            session.delete(lead)

    play.turn()

    assert played_api("GET", f"/jobs/{job}").json["result"] == {"changed": 3, "unchanged": 0, "refused": {"gone": 2}}


def test_a_cancelled_one_keeps_what_it_did(played_api, play, context, crowd):
    job = played_api("POST", "/leads/bulk", json={"action": "tag", "tag": "x", "filter": {}}).json["id"]
    bites = iter([True, False])
    working.work(play.context, KINDS, job, lambda: next(bites))
    assert played_api("POST", f"/jobs/{job}/cancel").status_code == 200

    play.turn()

    told = played_api("GET", f"/jobs/{job}").json
    assert (told["status"], told["done"], told["result"]["changed"]) == ("cancelled", bulk.BITE, bulk.BITE)


def test_a_bite_takes_as_many_statements_for_many_leads_as_for_few(play, context, crowd, queries):
    def statements(number):
        with context.database.transaction() as session:
            job = bulk.ask(
                session, crowd[:number], {"action": "tag", "tag": f"t{number}"}, "user 1", play.context.at
            ).id
        queries.clear()
        working.work(play.context, KINDS, job, lambda: True)
        return len(queries)

    assert statements(2) == statements(100)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "tag", "tag": "x"}, "leads"),
        ({"action": "tag", "tag": "x", "leads": [1], "filter": {}}, "leads"),
        ({"action": "tag", "leads": [1]}, "tag"),
        ({"action": "explode", "leads": [1]}, "action"),
        ({"action": "assign", "leads": [1], "owners": [999999]}, "owners"),
        ({"action": "stage", "leads": [1], "stage": "moon"}, "stage"),
        ({"action": "enroll", "leads": [1], "sequence": "none"}, "sequence"),
        ({"action": "tag", "tag": "x", "filter": {"colour": "red"}}, "filter.colour"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field_and_asks_for_nothing(played_api, context, body, field):
    refused = played_api("POST", "/leads/bulk", json=body)

    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    with context.database.transaction() as session:
        assert jobs.page(session, kind=bulk.KIND).items == []


def test_what_a_person_has_goes_to_another_with_the_tasks_that_are_open(played_api, play, context, crowd, now):
    with context.database.transaction() as session:
        mia, noa = (people.user(session, f"{n}@funnel.example", name=n, at=now).id for n in ("mia", "noa"))
        for lead in session.query(Lead).filter(Lead.id.in_(crowd[:3])):
            lead.owner_id = mia
        told = {"title": "x", "due_at": now, "zone": "UTC", "created_by": "user 1", "created_at": now}
        session.add(Task(lead_id=crowd[9], assignee_id=mia, **told))
        session.add(Task(lead_id=crowd[9], assignee_id=mia, done_at=now, done_by="user 1", **told))
        users.remove(session, users.find(session, mia), now)

    job = played_api("POST", f"/users/{mia}/hand-over", json={"to": noa}).json
    assert job["total"] == 4
    play.turn()

    assert played_api("GET", f"/jobs/{job['id']}").json["result"]["changed"] == 4
    with context.database.transaction() as session:
        assert session.query(Lead).filter_by(owner_id=noa).count() == 3
        assert [(task.assignee_id, bool(task.done_at)) for task in session.query(Task).order_by(Task.id)] == [
            (noa, False),
            (mia, True),
        ]
    assert played_api("POST", f"/users/{noa}/hand-over", json={"to": mia}).status_code == 422
    assert played_api("POST", f"/users/{noa}/hand-over", json={"to": None}).json["total"] == 4
