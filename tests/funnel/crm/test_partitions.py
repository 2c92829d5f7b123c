"""The months of the log."""

import time
from datetime import UTC, datetime

from sqlalchemy import text

from funnel.crm import partitions
from funnel.crm.facts import Fact, record
from tests import factories
from tests.conftest import NOW


def test_this_month_and_the_next_ones_are_made_once(session):
    partitions.ensure(session, NOW)
    partitions.ensure(session, NOW)

    assert names(session) == {"events_default", "events_2026_03", "events_2026_04", "events_2026_05", "events_2026_06"}


def test_a_fact_finds_its_month(session):
    partitions.ensure(session, NOW)
    lena = factories.lead(session)

    record(session, [Fact("form_submitted", lena.id, NOW)])

    assert session.scalar(text("SELECT count(*) FROM events_2026_03")) == 1


def test_a_month_that_the_default_partition_began_stays_there(session):
    lena = factories.lead(session)
    record(session, [Fact("form_submitted", lena.id, NOW)])

    partitions.ensure(session, NOW)

    assert "events_2026_03" not in names(session)


def test_a_long_reader_of_the_log_delays_the_months_and_nothing_else(committed):
    with committed.database.transaction() as dump:
        dump.execute(text("LOCK TABLE events IN ACCESS SHARE MODE"))
        with committed.database.transaction() as session:
            began = time.monotonic()
            partitions.ensure(session, NOW)
            assert time.monotonic() - began < 5
            assert names(session) == {"events_default"}

    with committed.database.transaction() as session:
        partitions.ensure(session, NOW)

        assert len(names(session)) == 5


def test_a_year_ends_in_january():
    (december, january), *_ = partitions.months(datetime(2026, 12, 31, 23, tzinfo=UTC), 0)

    assert (december, january) == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def names(session):
    return set(
        session.scalars(text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass"))
    )
