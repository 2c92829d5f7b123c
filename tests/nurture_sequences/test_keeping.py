"""Segments are kept by facts and clocks: they hold whom their condition holds for, at any moment, and facts tell it."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from funnel.conditions import Problem, sql
from funnel.crm import consents, lead_edits, lead_stages, leads, segment_conditions, segment_members, segments
from funnel.crm.facts import Fact, record
from funnel.crm.lead_changes import Edit
from funnel.crm.lead_edits import Origin
from funnel.crm.leads import Capture
from funnel.crm.segment_uses import Use
from funnel.crm.segments import Asker
from funnel.crm.subjects import ladder_and_decay
from funnel.crm.touches import Touched
from funnel.models import Event, LeadClock, Segment
from nurture_sequences import by_hand, enrolling, ledger, maturing, reactions, segment_uses, sequences
from tests import factories
from tests.conftest import NOW

DAY = timedelta(days=1)
PROOF = consents.Proof("api")
ME = Origin("user 1")

TERMS = [
    {"tag": "vip"},
    {"tag": "cold"},
    {"stage": {"at_least": "lead"}},
    {"stage": "customer"},
    {"score": {"at_least": 15}},
    {"score": {"at_least": 8, "of": "engagement"}},
    {"score": {"at_most": 5}},
    {"consent": "email_marketing"},
    {"consent": "track_clicks"},
    {"form": "guide"},
    {"form": {"key": "guide", "within": "3 days"}},
    {"answer": {"form": "guide", "key": "budget", "is": "large"}},
    {"field": {"key": "company", "known": True}},
    {"field": {"key": "renewal", "in_next": "4 days"}},
    {"field": {"key": "renewal", "in_last": "2 days"}},
    {"source": {"campaign": "spring"}},
    {"source": {"touch": "last", "network": "google"}},
    {"created": {"in_last": "5 days"}},
    {"event": {"kind": "message_clicked", "within": "2 days"}},
    {"event": {"kind": "tagged", "data": {"tag": "vip"}, "at_least": 2}},
    {"event": {"kind": "enrolled", "within": "3 days"}},
    {"event": {"kind": "stage_changed", "within": "1 day"}},
    {"sequence": "welcome"},
    {"sequence": {"was_in": "welcome"}},
    {"sequence": {"completed": "welcome"}},
]


def invented(dice, depth=2):
    if depth == 0 or dice.random() < 0.4:
        return dice.choice(TERMS)
    word = dice.choice(["all", "any", "not"])
    if word == "not":
        return {"not": invented(dice, depth - 1)}
    return {word: [invented(dice, depth - 1) for _ in range(dice.randrange(1, 4))]}


@pytest.fixture
def make(play, session):
    """A segment of this condition, filled."""

    def make(key, condition, *, filled=True):
        at = play.context.now()
        segments.create(session, key, key, condition, Asker("user 1", at, play.context.wall()))
        session.commit()
        if filled:
            play.turn()

    return make


def members(session, key):
    rows = text("""
        SELECT m.lead_id FROM segment_members m JOIN segments s ON s.id = m.segment_id
         WHERE s.key = :key ORDER BY m.lead_id
    """)
    return session.scalars(rows, {"key": key}).all()


def told(session, lead=None):
    rows = session.query(Event).filter(Event.kind.in_(segment_conditions.OWN)).order_by(Event.id)
    return [(fact.kind, fact.data["key"]) for fact in rows if lead is None or fact.lead_id == lead.id]


def holding(session, now):
    """Whom each condition holds for, by SQL, from nothing but the leads as they are."""
    _, decay = ladder_and_decay(session)
    found = {}
    for one in segment_conditions.kept(session):
        asked = sql(one.asked.condition, now, decay)
        rows = text(f"SELECT leads.id FROM leads WHERE {asked.text} ORDER BY leads.id")
        found[one.key] = session.scalars(rows, asked.params).all()
    return found


def capture(session, dice, form, lead, now):
    touch = Touched(
        campaign=dice.choice([None, "spring", "autumn"]), click_ids=dice.choice([{}, {"gclid": "x"}, {"fbclid": "y"}])
    )
    agreed = dice.choice([{}, {"email_marketing": "Yes"}, {"track_clicks": "Yes"}])
    values = {"budget": dice.choice(["large", "small"]), "company": dice.choice(["Nadir", ""])}
    told = Capture(uuid4(), form.id, form.key, 1, lead, values, agreed, list(agreed), touch=touch)
    leads.capture(session.connection(), told, now)


def act(session, dice, form, now):
    """Something happens to somebody."""
    email = f"lead{dice.randrange(6)}@example.com"
    known = leads.lead_by_email(session, email)
    what = dice.choice(["form", "form", "edit", "tag", "untag", "move", "withdraw", "click", "enroll", "take out"])
    if known is None or what == "form":
        capture(session, dice, form, email, now)
        return
    lead = known.id
    match what:
        case "edit":
            fields = {
                "company": dice.choice(["Nadir", None]),
                "renewal": (now + dice.randrange(-3, 9) * DAY).date().isoformat(),
            }
            lead_edits.edit(session, {lead: Edit(fields=fields)}, ME, now)
        case "tag":
            lead_edits.edit(session, {lead: Edit(add_tags=[dice.choice(["vip", "cold"])])}, ME, now)
        case "untag":
            lead_edits.edit(session, {lead: Edit(remove_tags=[dice.choice(["vip", "cold"])])}, ME, now)
        case "move":
            until = now + dice.choice([1, 48]) * timedelta(hours=1)
            lead_stages.move(session, lead, dice.choice(["subscriber", "lead", "customer"]), now, "user 1", until)
        case "withdraw":
            purposes = dice.choice([None, ["track_clicks"], ["phone"]])
            consents.withdraw(session, lead, purposes, now, proof=PROOF)
        case "click":
            leads.lock(session, lead)
            record(session, [Fact("message_clicked", lead, now, {"step": "hello"})])
        case "enroll":
            live = [one for one in enrolling.live_sequences(session) if one.key == "welcome"]
            leads.lock(session, lead)
            enrolling.enroll(session, live, [enrolling.Entry(lead, one.sequence_id) for one in live], now)
        case "take out":
            leads.lock(session, lead)
            enrolling.end(session, [lead], by_hand.BY_HAND, now)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_members_are_those_whom_the_condition_holds_for(play, session, make, seed):
    dice = random.Random(seed)
    form = factories.form(session, "guide")
    factories.sequence(session, factories.WELCOME | {"enter": {}, "reenter": {"after": "1 hour"}})
    for number, term in enumerate(dice.sample(TERMS, 12)):
        make(f"plain-{number}", term, filled=False)
    for number in range(10):
        make(f"mixed-{number}", invented(dice), filled=False)
    make("named", {"all": [{"not": {"segment": "mixed-0"}}, {"segment": "plain-0"}]}, filled=False)
    play.turn()

    compared = 0
    for _ in range(25):
        for _ in range(dice.randrange(1, 4)):
            act(session, dice, form, play.context.now())
        session.commit()
        play.turn()
        for _ in range(dice.randrange(3)):
            play.until(play.context.at + dice.choice([3, 14, 26, 50]) * timedelta(hours=1), timedelta(hours=13))
            expected = holding(session, play.context.now())
            assert {key: members(session, key) for key in expected} == expected
            compared += sum(map(len, expected.values()))
        if dice.random() < 0.2:
            key = f"mixed-{dice.randrange(10)}"
            segment = segments.read(session, key)
            asker = Asker("user 1", play.context.now(), play.context.wall())
            segments.change(session, key, asker, {segment.revision}, condition=invented(dice))
            session.commit()
            play.turn()

    expected = holding(session, play.context.now())
    assert {key: members(session, key) for key in expected} == expected
    counts = segment_members.counts(session, [one.id for one in segment_conditions.kept(session)], play.context.now())
    by_key = {one.key: counts[one.id].members for one in segment_conditions.kept(session)}
    assert by_key == {key: len(some) for key, some in expected.items()}
    assert compared > 100
    assert told(session)


def test_a_fact_brings_a_lead_in_and_another_takes_it_out_and_both_are_told(play, session, make):
    make("vips", {"tag": "vip"})
    lena = factories.lead(session)
    lead_edits.edit(session, {lena.id: Edit(add_tags=["vip"])}, ME, NOW)
    session.commit()
    play.turn()
    joined = members(session, "vips")

    lead_edits.edit(session, {lena.id: Edit(remove_tags=["vip"])}, ME, NOW)
    session.commit()
    play.turn()

    assert (joined, members(session, "vips")) == ([lena.id], [])
    assert told(session, lena) == [("segment_joined", "vips"), ("segment_left", "vips")]
    [first] = session.query(Event).filter_by(kind="segment_joined")
    [cause] = session.query(Event).filter_by(kind="tagged")
    assert (first.cause_id, first.depth) == (cause.id, 1)
    assert first.data == {"segment": segments.read(session, "vips").id, "key": "vips"}


def test_time_alone_takes_a_lead_out_at_its_hour(play, session, make):
    make("lately", {"form": {"key": "guide", "within": "7 days"}})
    form, lena = factories.form(session, "guide"), factories.lead(session)
    capture(session, random.Random(1), form, lena.email, NOW)
    session.commit()
    play.until(NOW + 7 * DAY - timedelta(hours=1), DAY)
    before = members(session, "lately")

    play.after(hours=1)

    assert (before, members(session, "lately")) == ([lena.id], [])
    assert told(session, lena) == [("segment_joined", "lately"), ("segment_left", "lately")]


def test_those_who_fulfil_a_new_segment_already_are_found_and_it_is_no_news(play, session, make):
    vips = [factories.lead(session, tags=["vip"]).id for _ in range(3)]
    factories.lead(session)
    session.commit()

    make("vips", {"tag": "vip"})

    assert members(session, "vips") == vips
    assert told(session) == []
    assert segments.read(session, "vips").filled_to is None


def test_time_takes_out_whom_the_first_look_found(play, session, make):
    lena = factories.lead(session, fields={"renewal": "2026-03-04"})
    factories.lead(session, fields={"renewal": "2025-03-04"})
    session.commit()
    make("soon", {"field": {"key": "renewal", "in_next": "7 days"}})
    found = members(session, "soon")
    ringing = session.scalar(text("SELECT count(*) FROM lead_clocks"))

    play.until(NOW + 3 * DAY, DAY)

    assert (found, ringing, members(session, "soon")) == ([lena.id], 1, [])


def test_while_a_segment_is_counted_only_leads_that_were_looked_at_make_news(play, session, make):
    lena, omar = factories.lead(session), factories.lead(session)
    make("vips", {"tag": "vip"}, filled=False)
    session.execute(text("UPDATE segments SET filled_to = :lena"), {"lena": lena.id})
    session.execute(text("UPDATE jobs SET due_at = due_at + interval '1 hour'"))
    for lead in (lena, omar):
        lead_edits.edit(session, {lead.id: Edit(add_tags=["vip"])}, ME, NOW)
    session.commit()

    play.turn()

    assert members(session, "vips") == [lena.id, omar.id]
    assert (told(session, lena), told(session, omar)) == ([("segment_joined", "vips")], [])


def test_another_condition_looks_at_all_leads_again_and_at_segments_that_name_it(play, session, make):
    lena, omar = factories.lead(session, tags=["vip"]), factories.lead(session, tags=["cold"])
    session.commit()
    make("chosen", {"tag": "vip"})
    make("others", {"not": {"segment": "chosen"}})
    before = members(session, "chosen"), members(session, "others")

    segments.change(session, "chosen", Asker("user 1", NOW, NOW), {1}, condition={"tag": "cold"})
    session.commit()
    counting = {one.key for one in session.query(Segment).filter(Segment.filled_to.is_not(None))}
    play.turn()

    assert before == ([lena.id], [omar.id])
    assert counting == {"chosen", "others"}
    assert (members(session, "chosen"), members(session, "others")) == ([omar.id], [lena.id])
    assert told(session) == []


def test_joining_a_segment_enters_the_sequence_that_waits_for_it(play, session, make):
    make("vips", {"all": [{"tag": "vip"}, {"score": {"at_least": 15}}]})
    factories.sequence(session, factories.WELCOME | {"enter": {"segment": "vips"}})
    lena = factories.lead(session, tags=["vip"])
    factories.submitted(session, lena)
    session.commit()

    play.turn()

    assert play.outbox.subjects(lena.email) == ["Hello"]


def test_what_enrolls_nobody_enrolls_nobody_over_a_segment_either(play, session, make):
    make("vips", {"tag": "vip"})
    factories.sequence(session, factories.WELCOME | {"enter": {"segment": "vips"}})
    lena = factories.lead(session)
    lead_edits.edit(session, {lena.id: Edit(add_tags=["vip"])}, Origin("import 7", enrolls=False), NOW)
    session.commit()

    play.turn()

    assert members(session, "vips") == [lena.id]
    assert play.outbox.subjects() == []


def test_a_goal_that_is_a_segment_ends_the_sequence_when_the_lead_joins(play, session, make):
    make("vips", {"tag": "vip"})
    factories.sequence(session, factories.WELCOME | {"goal": {"segment": "vips"}})
    lena = factories.lead(session)
    factories.submitted(session, lena)
    session.commit()
    play.turn()

    lead_edits.edit(session, {lena.id: Edit(add_tags=["vip"])}, ME, NOW)
    session.commit()
    play.turn()

    reason = session.scalar(text("SELECT reason FROM enrollments"))
    assert reason == "goal"


def test_a_branch_asks_for_members_as_they_are_kept(play, session, make):
    make("vips", {"tag": "vip"})
    arms = [{"when": {"segment": "vips"}, "steps": [{"id": "in", "tag": "inside"}]}, {"otherwise": []}]
    factories.sequence(session, factories.WELCOME | {"steps": [{"id": "fork", "branch": arms}]})
    lena, omar = factories.lead(session), factories.lead(session)
    lead_edits.edit(session, {lena.id: Edit(add_tags=["vip"])}, ME, NOW)
    session.commit()
    play.turn()
    for lead in (lena, omar):
        factories.submitted(session, lead)
    session.commit()

    play.turn()

    tagged = session.scalars(text("SELECT id FROM leads WHERE tags @> ARRAY['inside']")).all()
    assert tagged == [lena.id]


def test_a_fact_that_only_tells_the_story_waits_for_reactions_only_if_a_segment_asks_for_it(play, session, make):
    lena = factories.lead(session)
    quiet = [Fact("message_accepted", lena.id, NOW), Fact("enrolled", lena.id, NOW, {"sequence": "x"})]
    record(session, quiet)
    nobody = session.scalar(text("SELECT count(*) FROM pending_facts"))

    make("mailed", {"event": {"kind": "message_accepted", "within": "7 days"}})
    factories.sequence(session, factories.WELCOME | {"enter": {"event": "message_accepted"}})
    record(session, quiet)
    waiting = session.scalars(text("SELECT kind FROM pending_facts JOIN events ON events.id = event_id")).all()
    session.commit()
    play.turn()

    assert (nobody, waiting) == (0, ["message_accepted"])
    assert members(session, "mailed") == [lena.id]
    assert play.outbox.subjects() == []


def test_without_segments_a_batch_costs_one_statement_more_and_with_some_a_few(play, session, queries, make):
    def statements(number):
        made = [factories.lead(session) for _ in range(number)]
        for one in made:
            factories.submitted(session, one)
        session.commit()
        queries.clear()
        reactions.react(session, [one.id for one in made], NOW)
        return len(queries)

    without = statements(3)
    for number, term in enumerate(TERMS[:20]):
        make(f"segment-{number}", term)
    few, many = statements(3), statements(60)

    assert few == many
    assert few <= without + 12


def test_the_look_that_a_sweep_asks_for_during_a_review_is_not_lost(play, session, monkeypatch):
    lena = factories.lead(session, fields={"renewal": "2026-03-04"})
    session.add(LeadClock(lead_id=lena.id, due_at=NOW + DAY))
    session.commit()
    seen = ledger.clocks

    def swept_meanwhile(session, lead_ids):
        found = seen(session, lead_ids)
        session.execute(text("UPDATE lead_clocks SET due_at = :at"), {"at": NOW - timedelta(seconds=1)})
        return found

    monkeypatch.setattr(ledger, "clocks", swept_meanwhile)
    maturing.review(session, [lena.id], NOW)

    assert session.scalar(text("SELECT due_at FROM lead_clocks")) == NOW - timedelta(seconds=1)


def test_a_review_puts_the_clock_of_its_own_ringing_to_the_next_change_or_takes_it_away(play, session, make):
    lena = factories.lead(session, fields={"renewal": "2026-03-04"})
    session.commit()
    make("soon", {"field": {"key": "renewal", "in_next": "7 days"}})

    clock = session.get(LeadClock, lena.id, populate_existing=True).due_at
    play.until(NOW + 4 * DAY, DAY)
    session.expire_all()

    assert clock.isoformat() == "2026-03-05T00:00:00+00:00"
    assert session.get(LeadClock, lena.id) is None


def test_a_deleted_lead_leaves_its_segments_and_the_count_knows(play, session, make):
    lena = factories.lead(session, tags=["vip"])
    session.commit()
    make("vips", {"tag": "vip"})
    session.execute(text("DELETE FROM consents; DELETE FROM lead_clocks"))

    session.execute(text("DELETE FROM leads WHERE id = :id"), {"id": lena.id})

    [segment] = segment_conditions.kept(session)
    assert segment_members.counts(session, [segment.id], NOW)[segment.id].members == 0


def test_deleting_a_segment_clears_its_members_away(play, session, make):
    factories.lead(session, tags=["vip"])
    session.commit()
    make("vips", {"tag": "vip"})

    segments.delete(session, "vips", Asker("user 1", NOW, NOW))
    session.commit()
    play.turn()

    left = text("SELECT (SELECT count(*) FROM segment_members) + (SELECT count(*) FROM segment_tallies)")
    assert session.scalar(left) == 0


def test_sequences_that_name_a_segment_are_its_uses_and_unknown_ones_are_problems(session, make):
    make("vips", {"tag": "vip"})
    steps = [{"id": "fork", "branch": [{"when": {"not": {"segment": "vips"}}, "steps": []}]}]
    factories.sequence(session, factories.WELCOME | {"key": "forks", "steps": steps})
    factories.sequence(session, factories.WELCOME | {"key": "enters", "enter": {"any": [{"segment": "vips"}]}})
    factories.sequence(session, factories.WELCOME | {"key": "vips"})

    assert segment_uses.find(session, "vips") == [Use("sequence", "enters"), Use("sequence", "forks")]
    [problem] = sequences.problems(session, factories.WELCOME | {"enter": {"segment": "vip"}})
    assert problem == Problem("enter/segment", 'there is no segment "vip"; did you mean "vips"?')
