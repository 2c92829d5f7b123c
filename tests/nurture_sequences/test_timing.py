"""Send windows, against the plain question "what does the clock on the wall read?"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture_sequences.timing import Window, next_open

WEEKDAYS = frozenset(range(5))
DAILY = frozenset(range(7))
OFFICE = Window(WEEKDAYS, 9 * 60, 18 * 60)
PARIS = "Europe/Paris"


def at(text: str, zone: str = "UTC", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


@pytest.mark.parametrize(
    ("window", "zone", "now", "opens"),
    [
        # Monday 2 March 2026
        pytest.param(OFFICE, None, at("2026-03-02 10:00"), at("2026-03-02 10:00"), id="open now"),
        pytest.param(OFFICE, None, at("2026-03-02 18:00"), at("2026-03-03 09:00"), id="it closes on the minute"),
        pytest.param(OFFICE, None, at("2026-03-02 08:59:59"), at("2026-03-02 09:00"), id="early in the morning"),
        pytest.param(OFFICE, None, at("2026-03-06 19:00"), at("2026-03-09 09:00"), id="over the week's end"),
        pytest.param(OFFICE, PARIS, at("2026-03-02 17:30"), at("2026-03-03 08:00"), id="the lead's zone"),
        pytest.param(OFFICE, "Mars/Olympus", at("2026-03-02 17:30"), at("2026-03-02 17:30"), id="unknown zone: UTC"),
        pytest.param(
            Window(WEEKDAYS, 540, 1080, "America/New_York"), PARIS, at("2026-03-02 10:00"), at("2026-03-02 14:00"),
            id="a zone of its own",
        ),
        pytest.param(Window(DAILY, 0, 1440), None, at("2026-03-02 23:59:59"), at("2026-03-02 23:59:59"), id="always"),
        pytest.param(
            Window(frozenset({4}), 22 * 60, 6 * 60), None, at("2026-03-07 05:59"), at("2026-03-07 05:59"),
            id="Friday night lasts until Saturday morning",
        ),
        pytest.param(
            Window(frozenset({4}), 22 * 60, 6 * 60), None, at("2026-03-06 05:59"), at("2026-03-06 22:00"),
            id="Friday morning belongs to Thursday night",
        ),
        pytest.param(
            Window(frozenset({0}), 600, 600), None, at("2026-03-02 09:00"), at("2026-03-02 10:00"),
            id="equal ends: a day from then on",
        ),
        # clocks in Paris jump from 02:00 to 03:00 on 29 March 2026
        pytest.param(
            Window(DAILY, 150, 600), PARIS, at("2026-03-29 01:00", PARIS), at("2026-03-29 03:00", PARIS),
            id="an opening that does not exist: at the jump",
        ),
        pytest.param(
            Window(DAILY, 130, 160), PARIS, at("2026-03-29 01:00", PARIS), at("2026-03-30 02:10", PARIS),
            id="a window that does not exist: the next day",
        ),
        pytest.param(OFFICE, PARIS, at("2026-03-28 12:00"), at("2026-03-30 07:00"), id="summer time begins"),
        # and fall back from 03:00 to 02:00 on 25 October 2026
        pytest.param(
            Window(DAILY, 150, 600), PARIS, at("2026-10-25 01:00", PARIS), at("2026-10-25 02:30", PARIS),
            id="an opening that comes twice: the first",
        ),
        pytest.param(
            Window(DAILY, 60, 150), PARIS, at("2026-10-25 02:45", PARIS), at("2026-10-25 02:00", PARIS, fold=1),
            id="a window that comes twice: when clocks go back into it",
        ),
    ],
)  # fmt: skip
def test_a_window_opens_when_the_wall_clock_says_so(
    window: Window, zone: str | None, now: datetime, opens: datetime
) -> None:
    answer = next_open(window, zone, now)

    assert answer == opens.astimezone(UTC)
    assert answer.tzinfo is UTC


zones = st.sampled_from([PARIS, "America/New_York", "Australia/Lord_Howe", "America/Havana", "Asia/Kolkata", "UTC"])
windows = st.builds(
    Window,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, 95).map(lambda quarter: quarter * 15),
    st.integers(1, 96).map(lambda quarter: quarter * 15),
)
#: hours around the changes of clocks in these zones in 2026, and any other time
nows = st.one_of(
    st.sampled_from(["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"]).flatmap(
        lambda day: st.integers(-48, 96).map(lambda quarters: at(f"{day} 00:00") + timedelta(minutes=15 * quarters))
    ),
    st.timedeltas(timedelta(), timedelta(days=365)).map(lambda span: at("2026-01-01") + span),
)


@settings(deadline=None)
@given(windows, zones, nows)
def test_no_earlier_moment_would_have_been_open(window: Window, zone: str, now: datetime) -> None:
    opens = next_open(window, zone, now)

    place = ZoneInfo(zone)
    assert opens >= now
    assert window.holds(opens.astimezone(place))
    quarter = now + (datetime.min.replace(tzinfo=UTC) - now) % timedelta(minutes=15)
    while quarter < opens:
        assert not window.holds(quarter.astimezone(place)), quarter
        quarter += timedelta(minutes=15)
