"""Facts give points, and points, facts and time move stages: in few statements, once, and for a reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from funnel.crm import leads as crm_leads
from funnel.crm import rules
from funnel.crm.facts import Fact, record
from funnel.crm.subjects import ladder_and_decay
from funnel.models import Event, Lead, LeadClock, LeadRank, ScoreEntry
from nurture_sequences import maturing
from nurture_sequences.failed_chunks import FailedChunk, FailedChunks
from tests import factories
from tests.conftest import NOW

DAY = timedelta(days=1)


def publish(session, kind, document):
    number = rules.newest(session, kind).number
    rules.publish(session, kind, document, number, NOW, "user 1")
    session.commit()


def scoring(*given, half_life="30 days"):
    return {"half_life": half_life, "rules": list(given)}


FORM = {"key": "form", "when": {"event": "form_submitted"}, "axis": "engagement", "points": 20}
COMPANY = {"key": "company", "while": {"field": {"key": "company", "known": True}}, "axis": "fit", "points": 10}


@pytest.fixture
def own_rules(session):
    publish(session, "scoring", scoring(FORM | {"at_most": {"points": 60, "per": "7 days"}}, COMPANY))
    rungs = [
        {"stage": "lead", "enter": {"score": {"at_least": 15}}},
        {
            "stage": "marketing-qualified",
            "enter": {"score": {"at_least": 50}},
            "demote": True,
            "minimum_stay": "2 days",
        },
    ]
    publish(session, "ladder", {"rungs": rungs})


def entries(session, lead):
    rows = session.scalars(
        text(f"SELECT rule || ' ' || points FROM score_entries WHERE lead_id = {lead.id} ORDER BY at")
    )
    return list(rows)


def standing(session, lead):
    return session.get(Lead, lead.id, populate_existing=True)


def moves(session, lead):
    found = session.query(Event).filter_by(lead_id=lead.id, kind="stage_changed").order_by(Event.id)
    return [(fact.data["from"], fact.data["to"], fact.at) for fact in found]


def test_a_newcomers_first_form_moves_it_by_the_rules_every_installation_begins_with(play, session):
    lena = factories.lead(session)
    factories.submitted(session, lena)
    session.commit()

    play.turn()

    assert entries(session, lena) == ["form 20"]
    assert standing(session, lena).engagement == 20
    assert moves(session, lena) == [("subscriber", "lead", NOW)]
    [fact] = session.query(Event).filter_by(kind="stage_changed")
    [cause] = session.query(Event).filter_by(kind="form_submitted")
    evidence = {"rung": "lead", "rule": "enter", "version": 1, "fit": 0, "engagement": 20}
    assert fact.data == {"from": "subscriber", "to": "lead", "reason": "rule", "evidence": evidence}
    assert (fact.cause_id, fact.depth) == (cause.id, cause.depth + 1)


def test_a_stage_that_a_rule_gave_takes_the_lead_into_the_sequence_that_waits_for_it(play, session):
    factories.sequence(session, {**factories.WELCOME, "enter": {"stage": "lead"}})
    factories.submitted(session, factories.lead(session))
    session.commit()

    play.turn()

    assert play.outbox.subjects() == ["Hello"]


def test_what_holds_gives_its_points_and_takes_them_back(play, session, own_rules):
    lena = factories.lead(session, fields={"company": "Nadir"})
    factories.submitted(session, lena)
    session.commit()
    play.turn()
    session.execute(text("UPDATE leads SET fields = '{}'"))
    record(session, [Fact("tagged", lena.id, NOW, {"tag": "vip"})])
    session.commit()

    before = standing(session, lena).fit
    play.context.at += timedelta(hours=1)
    play.turn()

    assert (before, standing(session, lena).fit) == (10, 0)
    assert sorted(entries(session, lena)) == ["company -10", "company 10", "form 20"]


def test_points_and_what_a_lead_does_put_it_elsewhere_in_the_orders_of_the_list(play, session, own_rules):
    lena, omar = factories.lead(session), factories.lead(session, at=NOW - DAY)
    factories.submitted(session, lena, at=NOW - 3 * DAY)
    record(session, [Fact("tagged", omar.id, NOW, {"tag": "vip"})])
    session.commit()

    play.turn()

    rows = {row.lead_id: row for row in session.scalars(select(LeadRank))}
    lift = ladder_and_decay(session)[1].lift(NOW - 3 * DAY)
    assert 2 ** (rows[lena.id].mark - lift) == pytest.approx(20)
    assert rows[lena.id].stage == standing(session, lena).stage == "lead"
    # What was done before the lead came here does not make it older; a tag is not the lead's own doing.
    assert (rows[lena.id].active_at, rows[omar.id].active_at) == (NOW, NOW - DAY)
    assert rows[omar.id].mark == 0


def test_a_fact_that_comes_back_into_the_queue_gives_nothing_twice(play, session, own_rules):
    lena = factories.lead(session)
    factories.submitted(session, lena)
    session.commit()
    play.turn()
    session.execute(
        text("INSERT INTO pending_facts (event_id, at, lead_id) SELECT id, at, lead_id FROM events WHERE depth = 0")
    )
    session.commit()

    play.turn()

    assert entries(session, lena) == ["form 20"]
    assert standing(session, lena).engagement == 20


def test_points_that_come_late_count_from_their_own_time(play, session, own_rules):
    lena = factories.lead(session)
    factories.submitted(session, lena, at=NOW)
    factories.submitted(session, lena, at=NOW - 30 * DAY)
    session.commit()

    play.turn()

    row = standing(session, lena)
    assert (row.engagement, row.engaged_at) == (30, NOW)


def test_a_lead_falls_at_the_hour_its_score_has_faded_and_not_before(play, session, own_rules):
    lena = factories.lead(session)
    for _ in range(3):
        factories.submitted(session, lena)
    session.commit()
    play.until(NOW + 20 * DAY, DAY)

    # 60 points fade to 40, the margin under 50, in 30 days times the binary logarithm of 60/40.
    assert [(before, after) for before, after, _ in moves(session, lena)] == [
        ("subscriber", "marketing-qualified"),
        ("marketing-qualified", "lead"),
    ]
    fell = moves(session, lena)[1][2]
    assert NOW + 17 * DAY < fell <= NOW + 18 * DAY


def test_after_a_fall_the_clock_is_gone_and_nothing_rings(play, session, own_rules):
    lena = factories.lead(session)
    for _ in range(3):
        factories.submitted(session, lena)
    session.commit()
    play.turn()
    assert session.get(LeadClock, lena.id)

    play.until(NOW + 40 * DAY, DAY)

    session.expire_all()
    assert session.get(LeadClock, lena.id) is None
    assert len(moves(session, lena)) == 2


def test_what_a_person_decided_holds_until_its_hour_and_then_the_rules_decide(play, session, own_rules):
    lena = factories.lead(session)
    factories.submitted(session, lena)
    session.commit()
    play.turn()
    session.execute(text("UPDATE leads SET stage = 'opportunity', stage_held_until = :until"), {"until": NOW + 5 * DAY})
    rungs = [{"stage": "opportunity", "enter": {"tag": "won"}, "demote": True}]
    publish(session, "ladder", {"rungs": [*rungs, {"stage": "lead", "enter": {"score": {"at_least": 1}}}]})

    play.until(NOW + 4 * DAY, DAY)
    held = standing(session, lena).stage
    play.until(NOW + 5 * DAY, DAY)

    assert (held, standing(session, lena).stage) == ("opportunity", "lead")
    assert standing(session, lena).stage_held_until is None


def test_new_rules_reach_leads_that_do_nothing(play, session):
    quiet = [factories.lead(session, fields={"company": "Nadir"}) for _ in range(3)]
    session.commit()
    play.turn()

    publish(session, "ladder", {"rungs": [{"stage": "lead", "enter": {"score": {"at_least": 5, "of": "fit"}}}]})
    play.turn()

    assert {standing(session, lead).stage for lead in quiet} == {"lead"}
    assert session.scalar(text("SELECT count(*) FROM lead_clocks")) == 0
    assert session.scalar(text("SELECT count(*) FROM rules_versions WHERE swept_to IS NOT NULL")) == 0


def test_points_of_new_rules_count_from_then_on_and_what_was_given_stays(play, session, own_rules):
    lena = factories.lead(session)
    factories.submitted(session, lena)
    session.commit()
    play.turn()

    publish(session, "scoring", scoring(FORM | {"points": 5}))
    factories.submitted(session, lena)
    session.commit()
    play.turn()

    assert entries(session, lena) == ["form 20", "form 5"]
    assert sorted(session.query(ScoreEntry.version).filter_by(lead_id=lena.id)) == [(2,), (3,)]


def test_a_batch_takes_as_many_statements_as_one_lead(play, session, own_rules, queries):
    def statements(number):
        for _ in range(number):
            lead = factories.lead(session, fields={"company": "Nadir"})
            factories.submitted(session, lead)
        session.commit()
        queries.clear()
        play.turn()
        return [query.split("(")[0][:60] for query in queries]

    play.turn()
    one = statements(1)

    assert statements(60) == one


def test_a_lead_that_is_no_more_is_not_looked_at(play, session):
    session.add(LeadClock(lead_id=10**9, due_at=NOW))
    session.commit()

    play.turn()

    assert session.scalar(text("SELECT count(*) FROM lead_clocks")) == 0


def test_a_lead_that_cannot_be_looked_at_stands_in_nobodys_way(play, session, own_rules):
    lena, omar = factories.lead(session), factories.lead(session, fields={"company": "Nadir"})
    session.execute(text("UPDATE rules_versions SET swept_to = 0 WHERE number = 2"))
    session.execute(
        text(
            f"""
            CREATE FUNCTION curse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'cursed'; END $$;
            CREATE TRIGGER curse BEFORE INSERT ON score_entries FOR EACH ROW WHEN (NEW.lead_id = {omar.id})
            EXECUTE FUNCTION curse()
        """
        )
    )
    noor = factories.lead(session, fields={"company": "Nadir"})
    session.commit()

    play.turn()

    assert (standing(session, omar).fit, standing(session, noor).fit) == (0, 10)
    assert crm_leads.lead_by_id(session, lena.id)
    assert session.scalar(text("SELECT count(*) FROM lead_clocks")) == 0


def test_a_lead_that_somebody_holds_is_left_and_keeps_its_clock(committed):
    with committed.database.transaction() as session:
        held, free = (factories.lead(session, fields={"company": "Nadir"}).id for _ in range(2))
        session.add_all([LeadClock(lead_id=one, due_at=NOW) for one in (held, free)])

    with committed.database.transaction() as somebody:
        assert crm_leads.lock(somebody, held)
        with committed.database.transaction() as session:
            assert maturing.review(session, [held, free], NOW) == 1

    with committed.database.transaction() as session:
        assert {one: session.get(Lead, one).fit for one in (held, free)} == {held: 0, free: 10}
        assert list(session.scalars(text("SELECT lead_id FROM lead_clocks"))) == [held]


def test_a_review_that_failed_rings_again_soon_and_not_at_the_end_of_its_hand_out(play, session):
    lena = factories.lead(session)
    wall = play.context.wall()
    deadline = wall + timedelta(seconds=120)
    session.add(LeadClock(lead_id=lena.id, due_at=deadline))
    session.commit()
    chunks = FailedChunks(play.context)
    chunks.add(FailedChunk("review", str(uuid4()), deadline.timestamp(), [lena.id]))

    assert chunks.release(session) == 1

    assert session.get(LeadClock, lena.id, populate_existing=True).due_at == NOW + timedelta(seconds=5)
