"""Engine time: a line through one origin, which never jumps and never goes back."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from funnel.clock import EngineClock
from tests.conftest import NOW


def test_at_speed_one_engine_time_is_wall_time():
    assert EngineClock(NOW, NOW).now(NOW + timedelta(hours=3)) == NOW + timedelta(hours=3)


def test_a_real_duration_is_longer_on_a_faster_engine_clock():
    assert EngineClock(NOW, NOW, 60).span(2) == timedelta(minutes=2)


@given(st.lists(st.tuples(st.integers(1, 100_000), st.integers(0, 86_400)), max_size=20))
def test_changing_speed_never_moves_the_clock_back(changes):
    clock, wall = EngineClock(NOW, NOW), NOW
    shown = clock.now(wall)
    for speed, seconds in changes:
        wall += timedelta(seconds=seconds)
        before = clock.now(wall)
        clock = clock.with_speed(speed, wall)
        assert clock.now(wall) == before >= shown
        shown = before
