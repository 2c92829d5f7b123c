"""The list of leads stays cheap as it grows, and its cursors are what they seem."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from funnel.crm import lead_list
from funnel.crm.keyset import Place
from funnel.crm.lead_filters import Filters
from funnel.crm.lead_orders import Position
from funnel.models import Lead
from funnel.schemas import common
from funnel.schemas import lead_list as schema


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 2, 10, 0, 0, 123456, UTC),
        datetime(1969, 7, 20, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
    ],
)
def test_a_cursor_reads_as_it_was_written(at):
    place = Place(at, common.LARGEST_ID)

    assert common.read(common.written(place)) == place


@pytest.mark.parametrize("cursor", ["", "x", "é", "....", "MS4=", "Lg", "MS4tMQ", "\x00", "A" * 3000])
def test_anything_else_is_no_cursor(cursor):
    with pytest.raises(ValueError, match="cursor"):
        common.read(cursor)


@pytest.mark.parametrize(
    "place",
    [
        Position("newest", common.LARGEST_ID, datetime(1969, 7, 20, tzinfo=UTC)),
        Position("oldest", 1, datetime(2026, 3, 2, 10, 0, 0, 123456, UTC)),
        Position("name", 7),
        Position("activity", 0, datetime(9999, 12, 31, tzinfo=UTC)),
        Position("score", 5, datetime(2026, 3, 2, tzinfo=UTC), (12.300000000000001, -5.0, 1009876.54321)),
    ],
)
def test_a_cursor_of_leads_reads_as_it_was_written(place):
    assert schema.read(schema.written(place)) == place


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"7",
        b"[]",
        b'["newest",1,2]',
        b'["newest",-1,2,null]',
        b'["newest",1,null,null]',
        b'["newest",1,"2",null]',
        b'["newest",1,999999999999999999,null]',
        b'["newest",true,2,null]',
        b'["best",1,2,null]',
        b'["name",1,2,null]',
        b'["score",1,2,null]',
        b'["score",1,2,[1,2]]',
        b'["score",1,2,["a","b","c"]]',
        b'["newest",1,2,[1,2,3]]',
        b'{"sort":"newest"}',
        b"\xff\xfe",
    ],
)
def test_anything_else_is_no_cursor_of_leads(told):
    with pytest.raises(ValueError, match="cursor"):
        schema.read(base64.urlsafe_b64encode(told).decode())


def test_a_page_is_read_from_the_index_however_deep(session, now):
    rows = [
        {"email": f"lead{n}@x.example", "stage_since": now, "created_at": now + timedelta(seconds=n), "updated_at": now}
        for n in range(3000)
    ]
    session.execute(Lead.__table__.insert(), rows)
    session.execute(text("ANALYZE leads"))
    deep = Place(now + timedelta(seconds=20), 2**62)

    question = "SELECT * FROM leads WHERE (created_at, id) < (:at, :id) ORDER BY created_at DESC, id DESC LIMIT 51"
    plan = session.scalars(text(f"EXPLAIN {question}"), {"at": deep.at, "id": deep.id}).all()
    after = Position("newest", deep.id, deep.at)
    page = lead_list.page(session, Filters(), now, after=after, limit=50)

    assert "Index Scan Backward using ix_leads_created_at_id" in plan[1]
    assert [lead.email for lead in page.items] == [f"lead{n}@x.example" for n in reversed(range(21))]


def test_counting_stops_at_what_is_asked(session, now):
    rows = [{"email": f"l{n}@x.example", "stage_since": now, "created_at": now, "updated_at": now} for n in range(5)]
    session.execute(Lead.__table__.insert(), rows)

    assert lead_list.count_since(session, now, 3) == 3
    assert lead_list.count_since(session, now, 100) == 5
    assert lead_list.count_since(session, now + timedelta(seconds=1), 100) == 0
