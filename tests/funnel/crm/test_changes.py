"""The change feed on real transactions that overlap."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import changes, leads
from funnel.crm.facts import Fact, record
from tests import factories
from tests.conftest import NOW


@contextmanager
def open_transaction(context):
    with Session(context.database.bind) as session:
        yield session


def tell(session, lead_id, kind="seen"):
    """A fact as every verb writes it: under the lock of its lead."""
    leads.lock(session, lead_id)
    record(session, [Fact(kind, lead_id, NOW)])


def two_leads(context):
    with context.database.transaction() as session:
        return [factories.lead(session, agreed=False).id for _ in range(2)]


def read_on(context, cursor=None, limit=500, kinds=()):
    """All pages there are: the facts, and where the next reading starts."""
    facts = []
    while True:
        with context.database.transaction() as session:
            page = changes.page(session, cursor, limit, kinds)
        facts += page.facts
        cursor = page.next
        if not page.more:
            return facts, cursor


def test_what_commits_late_is_read_late_and_once(committed):
    one, other = two_leads(committed)
    with open_transaction(committed) as slow:
        tell(slow, one, "early_id")
        with committed.database.transaction() as quick:
            tell(quick, other, "late_id")
        first, cursor = read_on(committed)
        slow.commit()
    second, cursor = read_on(committed, cursor)
    third, _ = read_on(committed, cursor)

    assert [fact.kind for fact in first] == ["late_id"]
    assert [fact.kind for fact in second] == ["early_id"]
    assert second[0].id < first[0].id
    assert third == []


def test_an_open_transaction_holds_nothing_back(committed):
    one, other = two_leads(committed)
    with open_transaction(committed) as held:
        tell(held, one)
        told = []
        cursor = None
        for _ in range(3):
            with committed.database.transaction() as session:
                tell(session, other)
            facts, cursor = read_on(committed, cursor)
            told += facts
        held.rollback()

    assert len(told) == 3


def test_facts_of_a_lead_keep_their_order_although_transactions_began_in_another(committed):
    """Ordered by transaction id, as feeds often are, the later fact would be read first, in another page."""
    one, other = two_leads(committed)
    with open_transaction(committed) as early, open_transaction(committed) as bystander:
        leads.lock(early, one)  # its transaction id is the lowest
        tell(bystander, one + 1000)  # a higher one, open throughout
        with committed.database.transaction() as quick:
            tell(quick, other, "before")
        tell(early, other, "after")
        early.commit()
        facts, cursor = read_on(committed, limit=1)
        bystander.commit()
    rest, _ = read_on(committed, cursor)

    by_transaction = [row.kind for row in written(committed) if row.lead_id == other]
    assert by_transaction == ["after", "before"]
    assert [fact.kind for fact in facts] == ["before", "after"]
    assert len(rest) == 1


def written(context):
    with context.database.transaction() as session:
        return session.execute(text("SELECT kind, lead_id FROM events ORDER BY transaction_id, id")).all()


def test_pages_meet_without_gap_whatever_commits_between_them(committed):
    one, other = two_leads(committed)
    with open_transaction(committed) as slow:
        tell(slow, one)
        with committed.database.transaction() as session:
            for _ in range(7):
                tell(session, other)
        with committed.database.transaction() as session:
            page = changes.page(session, None, 3)
        slow.commit()
    rest, cursor = read_on(committed, page.next, limit=3)
    late, cursor = read_on(committed, cursor)
    again, _ = read_on(committed, cursor)

    ids = [fact.id for fact in [*page.facts, *rest, *late]]
    assert page.more
    assert len(ids) == len(set(ids)) == 8
    assert [fact.lead_id for fact in late] == [one]
    assert again == []


def test_only_some_kinds_are_read_and_the_others_are_passed_once(committed, monkeypatch):
    monkeypatch.setattr(changes, "SCANNED", 4)
    one, _ = two_leads(committed)
    with committed.database.transaction() as session:
        for number in range(20):
            tell(session, one, "rare" if number % 7 == 0 else "common")
    facts, cursor = read_on(committed, limit=2, kinds=["rare"])
    none, _ = read_on(committed, cursor, kinds=["rare"])

    assert [fact.kind for fact in facts] == ["rare"] * 3
    assert none == []


def test_who_begins_now_reads_nothing_of_before(committed):
    one, other = two_leads(committed)
    with open_transaction(committed) as slow:
        tell(slow, one)
        with committed.database.transaction() as session:
            tell(session, other)
        with committed.database.transaction() as session:
            cursor = changes.latest(session)
        slow.commit()
    facts, _ = read_on(committed, cursor)

    assert [fact.lead_id for fact in facts] == [one]


def test_a_cursor_of_a_fact_that_was_lost_with_a_backup_is_refused(committed):
    one, _ = two_leads(committed)
    with committed.database.transaction() as session:
        tell(session, one)
    _, cursor = read_on(committed)
    with committed.database.transaction() as session:
        session.execute(text("DELETE FROM events"))

    with pytest.raises(changes.GoneError), committed.database.transaction() as session:
        changes.page(session, cursor, 10)


def test_a_log_restored_into_another_cluster_is_read_whole_and_goes_on(committed):
    """Its facts bear transaction ids of elsewhere, far beyond those that are given here."""
    one, other = two_leads(committed)
    with committed.database.transaction() as session:
        tell(session, one, "old")
        tell(session, other, "old")
    _, before = read_on(committed)
    with committed.database.transaction() as session:
        session.execute(text("UPDATE events SET transaction_id = '9000000000000'"))
        session.execute(text("UPDATE installation SET log_cluster = 'elsewhere'"))

    with pytest.raises(changes.GoneError), committed.database.transaction() as session:
        changes.page(session, before, 10)
    facts, cursor = read_on(committed, limit=1)
    with committed.database.transaction() as session:
        tell(session, one, "new")
    news, _ = read_on(committed, cursor)
    all_of_them, _ = read_on(committed)

    assert [fact.kind for fact in facts] == ["old", "old"]
    assert [fact.kind for fact in news] == ["new"]
    assert [fact.kind for fact in all_of_them] == ["old", "old", "new"]
