"""When a call that failed is made again."""

from datetime import timedelta

from funnel.retries import PATIENCE, SCHEDULE, next_at
from tests.conftest import NOW


def attempts(chance):
    at, made = NOW, [NOW]
    while (later := next_at(len(made), at, chance)) is not None:
        at = later
        made.append(at)
    return [at - NOW for at in made]


def test_ten_attempts_in_a_day_as_the_spec_has_them():
    assert attempts(0.0) == list(SCHEDULE)
    assert len(SCHEDULE) == 10
    assert SCHEDULE[-1] == PATIENCE == timedelta(hours=24)


def test_chance_spreads_them_by_a_tenth_at_most():
    assert all(
        early <= late <= early * 1.1 + timedelta(seconds=1) for early, late in zip(SCHEDULE, attempts(1.0), strict=True)
    )


def test_a_receiver_may_ask_for_more_time_but_not_for_more_than_a_day():
    assert next_at(1, NOW, 0.0, timedelta(minutes=7)) == NOW + timedelta(minutes=7)
    assert next_at(1, NOW, 0.0, timedelta(seconds=1)) == NOW + timedelta(seconds=5)
    assert next_at(1, NOW, 0.0, timedelta(days=300)) == NOW + PATIENCE
