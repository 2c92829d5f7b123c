"""Engagement fades as published, whatever was published when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.decay import GONE, Decay

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MONTHLY = Decay.of([(NOW, 30 * DAY)])
#: a month, then a week from the tenth day on
CHANGED = Decay.of([(NOW, 30 * DAY), (NOW + 10 * DAY, 7 * DAY)])

moments = st.integers(-40 * 86400, 40 * 86400).map(lambda seconds: NOW + timedelta(seconds=seconds))


def test_it_halves_every_half_life() -> None:
    assert [MONTHLY.left(80, NOW, NOW + 30 * n * DAY) for n in range(4)] == [80, 40, 20, 10]


def test_the_first_half_life_also_counts_for_all_time_before_it() -> None:
    assert MONTHLY.left(80, NOW - 60 * DAY, NOW) == 20


def test_a_new_half_life_counts_from_when_it_was_published() -> None:
    assert CHANGED.left(1, NOW, NOW + 24 * DAY) == pytest.approx(2 ** -(10 / 30 + 14 / 7))


def test_a_value_is_not_larger_before_its_time() -> None:
    assert MONTHLY.left(80, NOW, NOW - DAY) == 80


def test_without_a_half_life_nothing_fades() -> None:
    assert Decay().left(80, NOW, NOW + 900 * DAY) == 80


def test_publishing_the_same_half_life_again_changes_nothing() -> None:
    assert Decay.of([(NOW, DAY), (NOW + DAY, DAY), (NOW + 2 * DAY, 2 * DAY)]).spans == (
        (NOW, DAY),
        (NOW + 2 * DAY, 2 * DAY),
    )


def test_of_very_old_points_nothing_is_left() -> None:
    assert MONTHLY.left(1e15, NOW, NOW + GONE * 30 * DAY) == 0


@given(moments, moments, moments)
def test_halvings_add_up_over_any_stop_on_the_way(one: datetime, other: datetime, third: datetime) -> None:
    start, middle, end = sorted([one, other, third])

    together = CHANGED.halvings(start, middle) + CHANGED.halvings(middle, end)

    assert together == pytest.approx(CHANGED.halvings(start, end), abs=1e-9)


@given(st.floats(1, 1e6), st.floats(0.01, 0.99))
def test_it_reaches_a_limit_when_the_closed_form_says_so(value: float, part: float) -> None:
    now = NOW + 11 * DAY

    at = CHANGED.crossing(value, value * part, now)

    assert at is not None
    assert CHANGED.left(value, now, at) == pytest.approx(value * part, rel=1e-9)


@pytest.mark.parametrize(("value", "limit"), [(10, 10), (10, 20), (10, 0), (10, -1), (-10, 5), (0, 1)])
def test_it_never_reaches_what_is_not_between_it_and_nothing(value: float, limit: float) -> None:
    assert MONTHLY.crossing(value, limit, NOW) is None


@given(st.floats(-1e6, 1e6).filter(lambda value: abs(value) > 1e-6), moments, moments)
def test_a_mark_says_at_any_later_time_what_is_left(value: float, since: datetime, later: datetime) -> None:
    mark, now = CHANGED.mark(value, since), max(since, later)

    worth = 2.0 ** (abs(mark) - CHANGED.lift(now))

    assert worth == pytest.approx(abs(CHANGED.left(value, since, now)), rel=1e-6)
    assert (mark > 0) == (value > 0)


@given(
    st.tuples(st.floats(-1e4, 1e4), moments),
    st.tuples(st.floats(-1e4, 1e4), moments),
    st.sampled_from([MONTHLY, CHANGED, Decay()]),
)
def test_marks_are_in_the_order_of_what_is_left_for_ever(
    one: tuple[float, datetime], other: tuple[float, datetime], decay: Decay
) -> None:
    now = max(one[1], other[1])
    left = [decay.left(value, since, now) for value, since in (one, other)]

    if abs(left[0] - left[1]) > 1e-6 * max(map(abs, left)):
        assert (decay.mark(*one) < decay.mark(*other)) == (left[0] < left[1])


def test_nothing_has_no_mark() -> None:
    assert MONTHLY.mark(0, NOW) == 0
