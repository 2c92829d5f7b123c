"""What becomes of sequences and mails when leads are merged, and of posts that come while they are."""

import threading
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from funnel.crm import leads, merges, unmerges
from funnel.crm.errors import TakenError
from funnel.crm.leads import Capture
from funnel.models import Event, Lead, MergedLead, Submission
from nurture_sequences import by_hand, reactions
from nurture_sequences.followers import FOLLOWERS
from nurture_sequences.models import Enrollment, Message
from tests import factories
from tests.conftest import NOW

DAY = timedelta(days=1)


def merge(session, kept, *others, now=NOW):
    merges.merge(session, kept, others, {}, now, "user 1", FOLLOWERS)


def unmerge(session, kept, other, now=NOW):
    unmerges.unmerge(session, kept, other, now, "user 1", FOLLOWERS)


@pytest.fixture
def pair(session):
    """Two leads in one sequence; the second entered a day earlier."""
    factories.sequence(session)
    ids = [factories.lead(session).id for _ in range(2)]
    by_hand.enroll(session, "welcome", NOW - DAY, lead_id=ids[1])
    by_hand.enroll(session, "welcome", NOW, lead_id=ids[0])
    return ids


def standing(session):
    session.expire_all()
    return [(one.lead_id, one.status, one.reason) for one in session.query(Enrollment).order_by(Enrollment.id)]


def test_of_two_enrollments_in_one_sequence_the_older_goes_on(session, pair):
    kept, other = pair

    merge(session, kept, other)

    assert standing(session) == [(kept, "active", None), (kept, "ended", "merged")]
    [fact] = session.query(Event).filter_by(kind="ended")
    assert (fact.lead_id, fact.data["reason"]) == (kept, "merged")


def test_after_an_undone_merge_both_go_on(session, pair):
    kept, other = pair
    merge(session, kept, other)

    unmerge(session, kept, other)

    assert standing(session) == [(other, "active", None), (kept, "active", None)]


def test_who_was_ended_by_a_merge_goes_on_where_it_stood_and_gets_each_mail_once(play, session):
    factories.sequence(session)
    kept, other = (factories.lead(session, f"{name}@example.com").id for name in ("anna", "again"))
    session.commit()
    for lead in (other, kept):
        by_hand.enroll(session, "welcome", play.context.now(), lead_id=lead)
        session.commit()
        play.turn()
    merge(session, kept, other, now=play.context.now())
    session.commit()
    play.after(hours=1)
    unmerge(session, kept, other, now=play.context.now())
    session.commit()

    play.after(days=3)

    sent = sorted((mail.to, mail.subject) for mail in play.outbox.sent)
    assert sent == [(f"{name}@example.com", subject) for name in ("again", "anna") for subject in ("Hello", "More")]


def test_a_merged_lead_gets_no_mail_twice_and_those_that_wait_still_go(play, session):
    factories.sequence(session)
    kept, other = (factories.lead(session, f"{name}@example.com").id for name in ("anna", "again"))
    by_hand.enroll(session, "welcome", NOW, lead_id=other)
    by_hand.enroll(session, "welcome", NOW, lead_id=kept)
    merge(session, kept, other)
    session.commit()

    play.after(days=3)

    assert [(mail.to, mail.subject) for mail in play.outbox.sent] == [
        ("anna@example.com", "Hello"),
        ("anna@example.com", "More"),
    ]


def test_a_mail_on_its_way_while_its_lead_is_merged_is_recorded_and_the_story_goes_on(play, session):
    factories.sequence(session)
    kept, other = (factories.lead(session, f"{name}@example.com").id for name in ("anna", "again"))
    by_hand.enroll(session, "welcome", NOW, lead_id=other)
    session.commit()
    accept = play.outbox.answer

    def merge_meanwhile(email):
        play.outbox.answer = accept
        with play.context.database.transaction() as own:
            merge(own, kept, other)
        return accept(email)

    play.outbox.answer = merge_meanwhile
    play.after(days=3)

    session.expire_all()
    assert play.outbox.subjects() == ["Hello", "More"]
    assert {(one.lead_id, one.status) for one in session.query(Message)} == {(kept, "accepted")}
    assert standing(session) == [(kept, "ended", "finished")]


def test_a_merge_that_silences_a_lead_takes_it_out_of_its_sequences(play, session):
    factories.sequence(session)
    kept, other = factories.lead(session).id, factories.lead(session, agreed=False)
    factories.consent(session, other, action="withdrawn")
    by_hand.enroll(session, "welcome", NOW, lead_id=kept)
    merge(session, kept, other.id)
    session.commit()

    play.after(days=3)

    assert play.outbox.sent == []
    assert standing(session) == [(kept, "ended", "unsubscribed")]


def post(email):
    return Capture(uuid4(), 1, "guide", 1, email, {"email": email}, {"email_marketing": "Yes"}, ["email_marketing"])


@pytest.fixture
def shop(committed):
    """Two leads and a form, with real commits."""
    with committed.database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO forms (key, name, definition, created_at, updated_at)"
                " VALUES ('guide', 'Guide', '{}', now(), now())"
            )
        )
        kept, other = (factories.lead(session, f"{name}@example.com").id for name in ("anna", "again"))
    return committed, kept, other


def react(context):
    """As the workers do, until nothing waits."""
    for _ in range(100):
        with context.database.transaction() as session:
            waiting = reactions.waiting_leads(session)
            if not waiting:
                return
            reactions.react(session, waiting, NOW)
    raise AssertionError("the reactions do not come to rest")


def test_a_post_that_waited_for_a_merge_becomes_part_of_the_lead_that_stays(shop):
    """It read what the address meant before the merge was committed; the database lets it make a lead after that."""
    context, kept, other = shop
    told = post("again@example.com")

    def capture():
        with context.database.statement() as connection:
            leads.capture(connection, told, NOW)

    with context.database.transaction() as session:
        merge(session, kept, other)
        visitor = threading.Thread(target=capture)
        visitor.start()
        wait_for_a_lock(session)
    visitor.join()
    with context.database.transaction() as session:
        assert session.query(Lead).count() == 2
    react(context)

    with context.database.transaction() as session:
        assert [lead.id for lead in session.query(Lead)] == [kept]
        assert session.get(Submission, told.submission_id).lead_id == kept
        assert {row.into_id for row in session.query(MergedLead)} == {kept}
        unmerge(session, kept, other)
        assert session.get(Submission, told.submission_id, populate_existing=True).lead_id == other


def wait_for_a_lock(session):
    for _ in range(1000):
        if session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            return
        session.execute(text("SELECT pg_sleep(0.01)"))
    raise AssertionError("nobody waits")


def test_posts_merges_and_their_ends_at_once_lose_nothing(shop):
    context, kept, other = shop
    posts = [post(f"{name}@example.com") for name in ("anna", "again") * 40]
    errors = []

    def guarded(work):
        try:
            work()
        except Exception as error:
            errors.append(error)

    def visit(told):
        with context.database.statement() as connection:
            leads.capture(connection, told, NOW)

    def marry():
        for _ in range(10):
            for act in (merge, unmerge):
                # An address that a twin holds just now is given back another time.
                with suppress(TakenError), context.database.transaction() as session:
                    twin = session.scalar(text("SELECT id FROM leads WHERE email = 'again@example.com'"))
                    merged = session.get(MergedLead, other)
                    if act is merge and twin:
                        merge(session, kept, twin)
                    elif act is unmerge and merged and not twin:
                        unmerge(session, kept, other)

    threads = [threading.Thread(target=guarded, args=(lambda told=told: visit(told),)) for told in posts]
    threads.append(threading.Thread(target=guarded, args=(marry,)))
    for thread in threads[::-1]:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    react(context)

    with context.database.transaction() as session:
        owners = dict(session.execute(text("SELECT lead_id, count(*) FROM submissions GROUP BY lead_id")).all())
        living = set(session.scalars(text("SELECT id FROM leads")))
        assert sum(owners.values()) == len(posts)
        assert owners.keys() <= living <= {kept, other}
        stray = "SELECT count(*) FROM events WHERE kind = 'form_submitted' AND lead_id NOT IN (SELECT id FROM leads)"
        assert session.scalar(text(stray)) == 0
