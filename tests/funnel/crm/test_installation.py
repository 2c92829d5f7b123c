"""Whose database is this, and may it send?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from funnel.crm import installation
from tests.conftest import NOW


@pytest.fixture
def real(settings):
    """Settings of an installation whose mail reaches people."""
    return replace(settings, mailer="smtp")


def test_the_first_start_makes_this_place_its_own(session, real):
    row = installation.start_up(session, real, NOW)

    assert row.identity is not None
    assert row.sending_held is None


def test_a_database_restored_elsewhere_holds_sending_until_a_person_confirms(session, real):
    installation.start_up(session, real, NOW)
    elsewhere = replace(real, public_url="https://other.example.com")

    assert "copied or moved" in installation.start_up(session, elsewhere, NOW).sending_held
    installation.open_sending(session, elsewhere, NOW)

    assert installation.start_up(session, elsewhere, NOW).sending_held is None


def test_another_port_on_this_machine_is_the_same_place(session, real):
    installation.start_up(session, real, NOW)

    again = installation.start_up(session, replace(real, public_url="http://127.0.0.1:9999"), NOW)

    assert again.sending_held is None


@pytest.mark.parametrize(("mailer", "held"), [("smtp", True), ("mailbox", False)])
def test_a_long_silence_holds_mail_that_would_reach_people(session, settings, mailer, held):
    here = replace(settings, mailer=mailer)
    installation.start_up(session, here, NOW)

    row = installation.start_up(session, here, NOW + timedelta(days=2))

    assert bool(row.sending_held) is held


def test_the_wrong_fingerprint_key_stops_the_start_with_a_clear_line(session, real):
    installation.start_up(session, real, NOW)

    with pytest.raises(installation.FingerprintKeyError, match="original key"):
        installation.start_up(session, replace(real, fingerprint_key=b"x" * 32), NOW)


def test_a_new_speed_goes_on_from_where_the_engine_clock_stands(session):
    slow, same = installation.set_speed(session, 1, NOW)
    before, fast = installation.set_speed(session, 1000, NOW)

    assert slow == same == before
    assert fast.now(NOW) == slow.now(NOW)
    assert installation.set_speed(session, 1000, NOW + timedelta(hours=1)) == (fast, fast)


def test_of_two_pauses_of_the_account_the_longer_holds(session):
    installation.pause_account(session, NOW + timedelta(minutes=9), "429")
    installation.pause_account(session, NOW + timedelta(minutes=1), "429")

    assert installation.read(session).paused_until == NOW + timedelta(minutes=9)
