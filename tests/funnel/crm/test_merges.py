"""Leads that are one person become one lead, and two again: nothing is lost on either way."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from funnel.crm import (
    consents,
    followers,
    history,
    lead_addresses,
    lead_edits,
    leads,
    merges,
    ranks,
    timeline,
    unmerges,
)
from funnel.crm.errors import KnownLeadError, TakenError
from funnel.crm.facts import Fact, record
from funnel.crm.lead_changes import Edit
from funnel.crm.leads import Capture
from funnel.models import Event, Lead, MergedLead, ScoreEntry, Touch
from nurture_sequences.followers import FOLLOWERS
from tests import factories
from tests.conftest import NOW

DAY = timedelta(days=1)


def merge(session, kept, *others, chosen=None, now=NOW):
    merges.merge(session, kept.id, [one.id for one in others], chosen or {}, now, "user 1", FOLLOWERS)


def unmerge(session, kept, other_id, now=NOW):
    unmerges.unmerge(session, kept.id, other_id, now, "user 1", FOLLOWERS)


@pytest.fixture
def anna(session):
    return factories.lead(session, "anna@example.com", fields={"first_name": "Anna", "company": "Nadir"}, tags=["a"])


@pytest.fixture
def anna_again(session):
    return factories.lead(
        session, "a.private@example.com", fields={"first_name": "A.", "phone": "+33 1"}, tags=["b"], zone="Europe/Paris"
    )


@pytest.fixture
def old(anna_again):
    """The number that Anna has the second time."""
    return anna_again.id


def everything(session):
    """Every row of every table that tells of a lead, without what a merge and its end may add."""
    found = {}
    for follower in (*FOLLOWERS, *followers.OWN):
        if follower.table in ("lead_clocks", "pending_facts", "merged_leads"):
            continue
        rows = session.scalars(text(f"SELECT to_jsonb(t) - 'due_at' FROM {follower.table} t")).all()
        kept = [row for row in rows if row.get("kind") not in ("merged", "absorbed", "unmerged", "released")]
        found[follower.table] = sorted(kept, key=str)
    told = session.scalars(text("SELECT to_jsonb(l) - '{updated_at,fit,engagement,engaged_at}'::text[] FROM leads l"))
    return found | {"leads": sorted(told, key=str)}


TELLING = text("""
    SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE a.attname = 'lead_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relnamespace = 'public'::regnamespace
     UNION
    SELECT c.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE k.contype = 'f' AND k.confrelid = 'leads'::regclass
""")


def test_every_table_that_tells_of_a_lead_follows_it(session):
    named = {one.table for one in (*FOLLOWERS, *followers.OWN)}

    # Who was erased is merged into nobody.
    telling = set(session.scalars(TELLING)) - {"erasures"}

    assert {"submissions", "merged_leads", "enrollments", "events"} <= telling
    assert telling == named, "say in funnel/crm/followers.py what becomes of these when leads are merged"


def test_the_lead_that_stays_knows_what_both_knew_and_its_own_word_wins(session, anna, anna_again, old):
    merge(session, anna, anna_again)

    assert anna.fields == {"first_name": "Anna", "company": "Nadir", "phone": "+33 1"}
    assert (anna.email, anna.tags, anna.zone) == ("anna@example.com", ["a", "b"], "Europe/Paris")
    assert leads.lead_by_id(session, old) is None
    assert leads.lead_known_as(session, old) is anna
    assert leads.lead_by_email(session, "A.Private@example.com") is anna


def test_a_person_chooses_field_by_field(session, anna, anna_again, old):
    merge(session, anna, anna_again, chosen={"first_name": old, "company": anna.id, "unheard": old})

    assert anna.fields == {"first_name": "A.", "company": "Nadir", "phone": "+33 1"}


def test_an_empty_field_wins_nothing(session, anna_again):
    blank = factories.lead(session, fields={"first_name": "", "phone": None})

    merge(session, blank, anna_again)

    assert blank.fields == {"first_name": "A.", "phone": "+33 1"}


def test_all_that_both_did_is_one_story(session, anna, anna_again, old):
    record(session, [Fact("form_submitted", one.id, NOW, {"form": "x"}) for one in (anna, anna_again)])
    for one in (anna, anna_again):
        session.add(Touch(lead_id=one.id, source="x", at=NOW, click_ids={}))

    merge(session, anna, anna_again)

    kinds = [fact.kind for fact in timeline.page(session, anna.id).items]
    assert sorted(kinds) == ["absorbed", "form_submitted", "form_submitted"]
    assert len(history.touches(session, anna.id).items) == 2
    assert len(history.consents(session, anna.id).items) == 2
    [fact] = session.query(Event).filter_by(kind="merged")
    assert (fact.lead_id, fact.data) == (old, {"into": anna.id, "by": "user 1"})


@pytest.mark.parametrize(
    ("one", "other", "left"),
    [
        ("granted", "withdrawn", "withdrawn"),
        ("withdrawn", "granted", "withdrawn"),
        ("granted", "denied", "denied"),
        ("granted", "pending", "pending"),
        ("denied", "withdrawn", "withdrawn"),
        ("granted", "granted", "granted"),
        (None, "granted", "granted"),
        ("withdrawn", None, "withdrawn"),
    ],
)
def test_who_said_no_to_one_has_said_no_to_both(session, one, other, left):
    pair = [factories.lead(session, agreed=False) for _ in range(2)]
    for lead, action in zip(pair, (one, other), strict=True):
        if action:
            factories.consent(session, lead, action=action)

    merge(session, *pair)

    assert consents.state(session, [pair[0].id])[pair[0].id] == {"email_marketing": left}


def test_the_more_mature_stage_stays_as_it_stood_and_the_story_says_why(session, anna):
    customer = factories.lead(session, stage="customer", at=NOW - 9 * DAY, stage_held_until=NOW + DAY)

    merge(session, anna, customer)

    assert (anna.stage, anna.stage_since, anna.stage_held_until) == ("customer", NOW - 9 * DAY, NOW + DAY)
    assert anna.created_at == NOW - 9 * DAY
    [fact] = session.query(Event).filter_by(kind="stage_changed")
    assert (fact.lead_id, fact.data["reason"]) == (anna.id, "merge")


def test_the_score_is_what_both_ledgers_come_to(session, anna, anna_again):
    def entry(lead, at, points, axis, event=0):
        told = {"lead_id": lead.id, "at": at, "rule": "r", "event_id": event, "version": 1}
        return ScoreEntry(**told, axis=axis, points=points, lasting=False)

    session.add_all([entry(anna, NOW, 10, "fit"), entry(anna_again, NOW, 5, "fit")])
    session.add_all([entry(anna_again, NOW - 30 * DAY, 20, "engagement", 7)])
    session.flush()

    merge(session, anna, anna_again)

    assert (anna.fit, round(anna.engagement, 4)) == (15, 10)
    assert session.query(ScoreEntry).filter_by(lead_id=anna.id).count() == 3


def test_a_merge_that_is_undone_leaves_everything_as_it_was(session, anna, anna_again, old):
    anna_again.stage = "customer"
    factories.consent(session, anna_again, action="withdrawn")
    record(session, [Fact("form_submitted", one.id, NOW, {"form": "x"}) for one in (anna, anna_again)])
    session.flush()
    before = everything(session)
    merge(session, anna, anna_again)
    assert everything(session) != before

    unmerge(session, anna, old)

    after = everything(session)
    after["events"] = [row for row in after["events"] if row["kind"] != "stage_changed"]
    assert after == before
    assert session.query(MergedLead).count() == 0


def test_what_came_since_stays_where_it_came_when_a_merge_is_undone(session, anna, anna_again, old):
    merge(session, anna, anna_again)
    leads.lead_by_id(session, anna.id).fields = anna.fields | {"phone": "+33 2", "city": "Nice"}
    record(session, [Fact("replied", anna.id, NOW)])
    session.flush()

    unmerge(session, anna, old)

    assert anna.fields == {"first_name": "Anna", "company": "Nadir", "phone": "+33 2", "city": "Nice"}
    assert leads.lead_by_id(session, old).fields == {"first_name": "A.", "phone": "+33 1"}
    [fact] = session.query(Event).filter_by(kind="replied")
    assert fact.lead_id == anna.id


def test_who_left_while_both_were_one_has_left_as_both(session, anna, anna_again, old):
    merge(session, anna, anna_again)
    consents.withdraw(session, anna.id, None, NOW, proof=consents.Proof("one-click"))

    unmerge(session, anna, old)

    state = consents.state(session, [anna.id, old])
    assert state == {one: {"email_marketing": "withdrawn"} for one in (anna.id, old)}


def test_merges_of_merged_leads_lead_to_the_last_and_come_apart_in_any_order(session, anna, anna_again, old):
    third = factories.lead(session, "third@example.com")
    first, before = anna.id, everything(session)
    merge(session, anna, anna_again)
    merge(session, third, anna)
    assert leads.lead_known_as(session, old) is third
    assert leads.lead_by_email(session, "a.private@example.com") is third

    unmerges.unmerge(session, third.id, old, NOW, "user 1", FOLLOWERS)
    assert leads.lead_known_as(session, first) is third
    unmerges.unmerge(session, third.id, first, NOW, "user 1", FOLLOWERS)

    known = {row["email"]: row["fields"] for row in everything(session)["leads"]}
    assert known.keys() == {row["email"] for row in before["leads"]}
    assert known["a.private@example.com"] == {"first_name": "A.", "phone": "+33 1"}
    assert everything(session)["consents"] == before["consents"]


def test_a_form_post_under_the_old_address_is_the_lead_that_stays(session, anna, anna_again):
    merge(session, anna, anna_again)
    form = factories_form(session)

    told = Capture(
        submission_id=UUID(int=7),
        form_id=form,
        form_key="guide",
        form_version=1,
        email="a.private@example.com",
        values={"city": "Nice"},
    )
    assert leads.capture(session.connection(), told, NOW) == anna.id

    session.expire_all()
    assert (anna.fields["city"], anna.email) == ("Nice", "anna@example.com")
    assert session.query(Lead).count() == 1


def test_programs_that_name_the_old_address_mean_the_lead_that_stays(session, anna, anna_again, old):
    by = lead_edits.Origin("token 1")
    told = lead_edits.Told("a.private@example.com", Edit(fields={"city": "Nice"}))
    merge(session, anna, anna_again)

    [outcome] = lead_edits.upsert(session, [told], by, NOW)
    with pytest.raises(KnownLeadError) as raised:
        lead_edits.create(session, told, by, NOW)

    assert (outcome.result, outcome.lead_id, raised.value.lead_id) == ("updated", anna.id, anna.id)


def test_nobody_else_may_take_the_address_of_a_merged_lead(session, anna, anna_again, old):
    third, by = factories.lead(session), lead_edits.Origin("token 1")
    merge(session, anna, anna_again)

    with pytest.raises(KnownLeadError):
        lead_addresses.change(session, third.id, "a.private@example.com", by, NOW, keep_consents=True)
    assert lead_addresses.change(session, anna.id, "a.private@example.com", by, NOW, keep_consents=True)


def test_an_old_unsubscribe_link_means_the_lead_that_stays(session, anna, anna_again, old):
    merge(session, anna, anna_again)

    changed = consents.withdraw(session, old, None, NOW, proof=consents.Proof("one-click"))

    assert changed == ["email_marketing"]
    assert consents.state(session, [anna.id])[anna.id] == {"email_marketing": "withdrawn"}


def test_what_cannot_be_merged_says_which(session, anna):
    with pytest.raises(merges.UnknownLeadsError) as raised:
        merges.merge(session, anna.id, [anna.id + 10_000], {}, NOW, "user 1", FOLLOWERS)
    assert raised.value.ids == [anna.id + 10_000]
    with pytest.raises(unmerges.NotMergedError):
        unmerge(session, anna, anna.id + 10_000)


def test_an_address_that_another_lead_has_by_now_cannot_be_given_back(session, anna, anna_again, old):
    merge(session, anna, anna_again)
    factories.lead(session, "a.private@example.com")

    with pytest.raises(TakenError):
        unmerge(session, anna, old)


def factories_form(session):
    row = text(
        "INSERT INTO forms (key, name, definition, created_at, updated_at)"
        " VALUES ('guide', 'Guide', '{}', now(), now()) RETURNING id"
    )
    return session.scalar(row)


def test_the_orders_of_the_list_know_both_and_then_each_by_itself(session, anna, anna_again, old):
    lately = NOW + timedelta(days=3)
    ranks.keep(session, [{"lead_id": old, "fit": None, "mark": None, "active_at": lately}])

    merge(session, anna, anna_again)
    assert active(session) == {anna.id: lately}

    unmerges.unmerge(session, anna.id, old, NOW, "user 1", FOLLOWERS)
    assert active(session) == {anna.id: lately, old: lately}


def active(session):
    return {row.lead_id: row.active_at for row in session.execute(text("SELECT lead_id, active_at FROM lead_ranks"))}
