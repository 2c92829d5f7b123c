"""Codes of an authenticator app: each opens once, and only about now; recovery codes open once, ever."""

from datetime import timedelta
from threading import Barrier, Thread

import pyotp
import pytest

from funnel.crm import second_factors, users
from funnel.crm.second_factors import WrongCodeError
from funnel.models import RecoveryCode
from tests import people

KEYS = [b"k" * 32]


def code_at(secret, at):
    """What another implementation, the phone, shows."""
    return pyotp.TOTP(secret).at(at)


@pytest.fixture
def mia(session, now):
    return people.user(session, at=now)


@pytest.fixture
def phone(session, mia, now):
    """The secret of Mia's app, in use since an hour ago; her recovery codes are in `mia.codes`."""
    hour_ago = now - timedelta(hours=1)
    secret = second_factors.start(mia, KEYS)
    mia.codes = second_factors.confirm(session, mia, code_at(secret, hour_ago), KEYS, hour_ago)
    return secret


def opens(session, user, code, now, keys=KEYS):
    try:
        second_factors.check(session, user, code, keys, now)
    except WrongCodeError:
        return False
    return True


def test_nothing_counts_before_a_code_is_confirmed(session, mia, now):
    secret = second_factors.start(mia, KEYS)

    assert mia.factor_at is None
    assert secret.encode() not in mia.factor
    assert not opens(session, mia, code_at(secret, now), now)
    with pytest.raises(WrongCodeError):
        second_factors.confirm(session, mia, "000000" if code_at(secret, now) != "000000" else "111111", KEYS, now)
    assert mia.factor_at is None


def test_starting_again_gives_another_secret_until_it_is_confirmed(session, mia, phone, now):
    with pytest.raises(second_factors.FactorOnError):
        second_factors.start(mia, KEYS)
    with pytest.raises(second_factors.FactorOnError):
        second_factors.confirm(session, mia, code_at(phone, now), KEYS, now)


@pytest.mark.parametrize(("seconds", "right"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_clock_may_be_half_a_minute_wrong(session, mia, phone, now, seconds, right):
    assert opens(session, mia, code_at(phone, now + timedelta(seconds=seconds)), now) is right


def test_a_code_opens_once_and_an_older_one_not_after_it(session, mia, phone, now):
    older, code = code_at(phone, now - timedelta(seconds=30)), code_at(phone, now)

    assert opens(session, mia, f" {code[:3]} {code[3:]} ", now)
    assert not opens(session, mia, code, now)
    assert not opens(session, mia, older, now)
    assert opens(session, mia, code_at(phone, now + timedelta(seconds=30)), now + timedelta(seconds=30))


def test_the_code_that_confirmed_does_not_open(session, mia, now):
    secret = second_factors.start(mia, KEYS)
    code = code_at(secret, now)
    second_factors.confirm(session, mia, code, KEYS, now)

    assert not opens(session, mia, code, now)


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\x00", "-", "é" * 500, "AAAA-AAAA"]
)
def test_what_is_no_code_opens_nothing(session, mia, phone, now, code):
    assert not opens(session, mia, code, now)


def test_a_recovery_code_opens_once_however_it_is_written(session, mia, phone, now):
    first, second, *_ = mia.codes
    assert (len(mia.codes), len(set(mia.codes))) == (10, 10)

    assert opens(session, mia, first.lower().replace("-", " "), now)
    assert not opens(session, mia, first, now)
    assert opens(session, mia, second, now)
    assert second_factors.codes_left(session, mia) == 8


def test_the_database_holds_no_recovery_code_and_new_ones_end_the_old(session, mia, phone, now):
    kept = session.query(RecoveryCode).filter_by(user_id=mia.id).all()
    assert {len(one.digest) for one in kept} == {32}

    second_factors.renew_codes(session, mia)

    assert not any(opens(session, mia, code, now) for code in mia.codes)
    assert second_factors.codes_left(session, mia) == 10


def test_codes_of_others_open_nothing(session, mia, phone, now):
    omar = people.user(session, "omar@funnel.example", at=now)
    secret = second_factors.start(omar, KEYS)
    second_factors.confirm(session, omar, code_at(secret, now), KEYS, now)
    later = now + timedelta(minutes=5)

    assert not opens(session, omar, code_at(phone, later), later)
    assert not opens(session, omar, mia.codes[0], later)


def test_another_first_key_still_reads_the_secret_and_a_lost_key_leaves_recovery_codes(session, mia, phone, now):
    assert opens(session, mia, code_at(phone, now), now, keys=[b"n" * 32, *KEYS])
    later = now + timedelta(minutes=5)
    assert not opens(session, mia, code_at(phone, later), later, keys=[b"x" * 32])
    assert opens(session, mia, mia.codes[0], later, keys=[b"x" * 32])


def test_after_a_removal_nothing_is_left(session, mia, phone, now):
    second_factors.remove(session, mia)

    assert (mia.factor, mia.factor_at, second_factors.codes_left(session, mia)) == (None, None, 0)


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_many_who_use_one_code_at_once_one_gets_in(committed, kind):
    wall = committed.wall()
    with committed.database.transaction() as session:
        mia = people.user(session, at=wall)
        secret = second_factors.start(mia, KEYS)
        before = wall - timedelta(hours=1)
        recovery = second_factors.confirm(session, mia, code_at(secret, before), KEYS, before)[0]
    code, together, got_in = (code_at(secret, wall) if kind == "app" else recovery), Barrier(8), []

    def come():
        with committed.database.transaction() as session:
            user = users.find(session, mia.id)
            together.wait()
            got_in.append(opens(session, user, code, wall))

    threads = [Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got_in.count(True) == 1
