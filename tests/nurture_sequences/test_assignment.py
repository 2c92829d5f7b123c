"""New leads get an owner by rule: the first that fits, its people in turn, never twice the same turn."""

import threading

import pytest

from funnel.crm import assignment, facts, owners, users
from funnel.crm.facts import Fact
from funnel.models import Event, Lead
from nurture_sequences import reactions
from tests import factories, people
from tests.conftest import NOW

CLINICS = {"name": "Clinics", "condition": {"field": {"key": "kind", "is": "clinic"}}}
ALL = {"name": "All", "condition": None}


@pytest.fixture
def team(session):
    return [people.user(session, f"{n}@funnel.example", name=f"{n}", at=NOW).id for n in range(3)]


def come(session, *leads):
    facts.record(session, [Fact("lead_created", lead.id, NOW) for lead in leads])
    reactions.react(session, [lead.id for lead in leads], NOW)
    session.expire_all()
    return [lead.owner_id for lead in leads]


def crowd(session, number, **fields):
    return [factories.lead(session, fields=fields) for _ in range(number)]


def test_the_people_of_a_rule_take_turns(session, team):
    assignment.write(session, [ALL | {"owners": team}])

    assert come(session, *crowd(session, 2)) == team[:2]
    assert come(session, *crowd(session, 2)) == [team[2], team[0]]
    told = [
        (one.data["owner"], one.data["how"], one.data["by"]) for one in session.query(Event).filter_by(kind="assigned")
    ]
    assert set(told) == {(owner, "by rule", "system") for owner in team}


def test_the_first_rule_that_fits_decides(session, team):
    assignment.write(session, [CLINICS | {"owners": team[:1]}, ALL | {"owners": team[1:2]}])

    assert come(session, *crowd(session, 1, kind="clinic"), *crowd(session, 1)) == team[:2]


def test_who_has_an_owner_keeps_it_and_who_fits_no_rule_gets_none(session, team):
    assignment.write(session, [CLINICS | {"owners": team[:1]}])
    owned, other = crowd(session, 2, kind="clinic")
    owned.owner_id, other.fields = team[2], {}
    session.flush()

    assert come(session, owned, other) == [team[2], None]


def test_who_may_not_sign_in_any_more_gets_nothing_and_an_empty_rule_decides_nothing(session, team):
    assignment.write(session, [ALL | {"owners": team[:2]}, CLINICS | {"owners": team[:1]}])
    users.remove(session, users.find(session, team[0]), NOW)

    assert come(session, *crowd(session, 2)) == [team[1], team[1]]
    users.remove(session, users.find(session, team[1]), NOW)
    assert come(session, *crowd(session, 1)) == [None]


def test_what_a_known_lead_does_asks_no_rule(session, team):
    assignment.write(session, [ALL | {"owners": team}])
    lead = factories.lead(session)
    facts.record(session, [Fact("replied", lead.id, NOW)])
    reactions.react(session, [lead.id], NOW)

    assert session.get(Lead, lead.id, populate_existing=True).owner_id is None


def test_workers_at_once_give_each_turn_once(committed):
    with committed.database.transaction() as session:
        team = [people.user(session, f"{n}@funnel.example", name=f"{n}", at=NOW).id for n in range(4)]
        assignment.write(session, [ALL | {"owners": team}])
        leads = [lead.id for lead in crowd(session, 80)]
        facts.record(session, [Fact("lead_created", lead, NOW) for lead in leads])

    def work():
        for _ in range(20):
            with committed.database.transaction() as session:
                reactions.react(session, reactions.waiting_leads(session, limit=10), NOW)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with committed.database.transaction() as session:
        given = [lead.owner_id for lead in session.query(Lead)]
    assert sorted(given.count(owner) for owner in team) == [20] * 4


def test_turns_are_pure_arithmetic():
    assert owners.in_turn([7, 8, 9], [1, 2], first=1) == {7: 2, 8: 1, 9: 2}
