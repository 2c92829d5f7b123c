"""Where a reader of the log stands, written and read back."""

from datetime import UTC, datetime

import pytest

from funnel import feed
from funnel.feed import NOTHING, Cursor, Snapshot


@pytest.mark.parametrize("text", ["1:1:", "7:9:7,8", "750:812:750,760,811"])
def test_a_snapshot_is_read_as_postgresql_writes_it(text):
    assert str(Snapshot.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "1:1", "0:5:", "5:4:", "5:9:4", "5:9:9", "5:9:7,6", "5:9:7,7", "1:99999999999999999999:", "a:b:c"]
)
def test_what_postgresql_would_refuse_is_no_snapshot(text):
    with pytest.raises(ValueError, match="snapshot"):
        Snapshot.parse(text)


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor("abc", NOTHING),
        Cursor("abc", Snapshot(7, 9, (7, 8)), None, 12, datetime(2026, 3, 2, 10, 0, 0, 123456, tzinfo=UTC)),
        Cursor("abc", Snapshot(7, 9), Snapshot(9, 20, (11,)), 3, datetime(1969, 3, 2, tzinfo=UTC)),
    ],
)
def test_a_cursor_is_read_as_it_was_written(cursor):
    assert feed.read(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["", "x", "%%%", "YWJj", str(Cursor("abc", NOTHING))[:-4], "é"])
def test_anything_else_is_no_cursor(text):
    with pytest.raises(ValueError, match="Not a cursor of this feed"):
        feed.read(text)
