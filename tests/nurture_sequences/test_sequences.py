"""Drafts, publishing, pause, entering by hand: what the verbs keep and what they refuse."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from funnel.models import Lead
from nurture_sequences import by_hand, overview, programs, sequences
from nurture_sequences.models import Enrollment, Version

MAIL = {"id": "welcome", "email": {"subject": "Welcome", "text": "Good to see you."}}
GOOD = {"steps": [MAIL]}
BETTER = {"steps": [MAIL, {"id": "breathe", "wait": {"for": "2 days"}}]}


@pytest.fixture(autouse=True)
def fresh_programs():
    programs.forget()


@pytest.fixture
def lead(session, now):
    row = Lead(email="lena@example.com", stage_since=now, created_at=now, updated_at=now)
    session.add(row)
    session.flush()
    return row


def published(session, now, document=GOOD, key="trial"):
    sequences.save_draft(session, key, document, now)
    return sequences.publish(session, key, now)


def test_a_new_key_makes_a_sequence_that_is_a_draft(session, now):
    saved = sequences.save_draft(session, "trial", GOOD, now)

    assert (saved.created, saved.problems) == (True, [])
    assert (saved.sequence.status, saved.sequence.revision, saved.sequence.live_number) == ("draft", 1, None)
    assert saved.sequence.draft == {"key": "trial"} | GOOD


def test_a_draft_with_problems_is_kept_but_not_published(session, now):
    saved = sequences.save_draft(session, "trial", {"steps": [{"id": "x", "teleport": {}}]}, now)

    assert saved.problems
    with pytest.raises(sequences.UnpublishableError) as refused:
        sequences.publish(session, "trial", now)
    assert refused.value.problems == saved.problems
    assert session.scalars(select(Version)).all() == []


def test_a_change_names_the_revision_it_replaces(session, now):
    sequences.save_draft(session, "trial", GOOD, now)

    with pytest.raises(sequences.RevisionNeededError):
        sequences.save_draft(session, "trial", BETTER, now)
    with pytest.raises(sequences.StaleRevisionError):
        sequences.save_draft(session, "trial", BETTER, now, revisions={2})
    saved = sequences.save_draft(session, "trial", BETTER, now, revisions={1})

    assert (saved.created, saved.sequence.revision) == (False, 2)


def test_publishing_makes_the_next_version_and_counts_who_stays_in_older_ones(session, now, lead):
    published(session, now)
    by_hand.enroll(session, "trial", now, lead_id=lead.id)
    sequences.save_draft(session, "trial", BETTER, now, revisions={1})

    second = sequences.publish(session, "trial", now)

    assert (second.number, second.sequence.live_number, second.inside_older) == (2, 2, {1: 1})
    documents = session.execute(select(Version.number, Version.document["steps"]).order_by(Version.number)).all()
    assert [(number, len(steps)) for number, steps in documents] == [(1, 1), (2, 2)]


def test_publishing_what_is_published_makes_no_version(session, now):
    published(session, now)

    again = sequences.publish(session, "trial", now)

    assert again.number == 1


def test_publishing_a_repair_does_not_end_a_pause(session, now):
    published(session, now)
    sequences.pause(session, "trial", now)
    sequences.save_draft(session, "trial", BETTER, now, revisions={1})

    repaired = sequences.publish(session, "trial", now)

    assert (repaired.number, repaired.sequence.status) == (2, "paused")


def test_pause_and_resume_may_be_repeated(session, now):
    published(session, now)

    statuses = [turn(session, "trial", now).status for turn in [sequences.pause] * 2 + [sequences.resume] * 2]

    assert statuses == ["paused", "paused", "live", "live"]


def test_a_draft_can_neither_be_paused_nor_resumed(session, now):
    sequences.save_draft(session, "trial", GOOD, now)

    for turn in (sequences.pause, sequences.resume):
        with pytest.raises(sequences.NotPublishedError):
            turn(session, "trial", now)


def test_a_lead_enters_by_hand_by_its_id_or_its_address(session, now, lead):
    published(session, now, key="one")
    published(session, now, key="two")

    first = by_hand.enroll(session, "one", now, lead_id=lead.id)
    second = by_hand.enroll(session, "two", now, email=" Lena@Example.COM ")

    rows = session.scalars(select(Enrollment).where(Enrollment.id.in_([first, second]))).all()
    assert [(row.lead_id, row.status, row.due_at) for row in rows] == [(lead.id, "active", now)] * 2


def test_a_lead_does_not_enter_twice(session, now, lead):
    published(session, now)
    by_hand.enroll(session, "trial", now, lead_id=lead.id)

    with pytest.raises(by_hand.NotAgainError):
        by_hand.enroll(session, "trial", now, lead_id=lead.id)


@pytest.mark.parametrize("email", ["nobody@example.com", "", "%"])
def test_nobody_enters_who_is_not_a_lead(session, now, email):
    published(session, now)

    with pytest.raises(by_hand.UnknownLeadError):
        by_hand.enroll(session, "trial", now, email=email)


def test_a_paused_sequence_takes_a_lead_in_and_a_draft_does_not(session, now, lead):
    published(session, now)
    sequences.pause(session, "trial", now)
    sequences.save_draft(session, "draft", {**GOOD, "key": "draft"}, now, revisions=None)

    assert by_hand.enroll(session, "trial", now, lead_id=lead.id)
    with pytest.raises(by_hand.NotLiveError):
        by_hand.enroll(session, "draft", now, lead_id=lead.id)


def test_what_is_not_there_is_unknown(session, now, lead):
    for verb in (sequences.publish, sequences.pause, sequences.resume):
        with pytest.raises(sequences.UnknownSequenceError):
            verb(session, "nothing", now)
    with pytest.raises(sequences.UnknownSequenceError):
        by_hand.enroll(session, "nothing", now, lead_id=lead.id)
    with pytest.raises(sequences.StaleRevisionError):
        sequences.save_draft(session, "nothing", GOOD, now, revisions={1})


def test_the_overview_counts_what_is_due_what_waits_and_what_is_held(session, now, lead):
    published(session, now)
    enrollment = by_hand.enroll(session, "trial", now, lead_id=lead.id)

    at_once = overview.due(session, now).sequences[0]
    session.execute(text("UPDATE enrollments SET due_at = 'infinity', held = 'error', reason = 'ZeroDivisionError'"))
    held = overview.due(session, now)

    assert (at_once.due, at_once.waiting, at_once.next_at) == (1, 0, now)
    assert (held.sequences[0].due, held.sequences[0].in_error, held.sequences[0].next_at) == (0, 1, None)
    assert [(row.id, row.reason) for row in held.errors] == [(enrollment, "ZeroDivisionError")]
    assert overview.enrollments(session, lead.id)[0].due_at is None


def test_the_list_counts_those_inside(session, now, lead):
    published(session, now, key="a")
    published(session, now + timedelta(days=1), key="b")
    by_hand.enroll(session, "b", now, lead_id=lead.id)

    assert [(row.key, row.status, row.inside) for row in overview.listed(session)] == [
        ("a", "live", 0),
        ("b", "live", 1),
    ]
    assert [row.key for row in overview.listed(session, after="a")] == ["b"]
