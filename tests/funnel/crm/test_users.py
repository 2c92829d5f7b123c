"""Users and their passwords; and how guessing gets slow."""

from datetime import timedelta
from threading import Thread

import pytest

from funnel.crm import logins, users


def test_an_installation_has_one_first_user(session, context):
    email, password = users.create_first_user(session, context.wall())

    assert users.create_first_user(session, context.wall()) is None
    assert users.check_password(session, email, password).email == email
    assert len(password) >= 16


def test_two_starts_at_once_make_one_first_user(committed):
    made = []

    def start():
        with committed.database.transaction() as session:
            made.append(users.create_first_user(session, committed.wall()))

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([one for one in made if one]) == 1


def test_only_the_right_password_is_right(session, context):
    users.add(session, " Mia@Funnel.example", "correct horse", context.wall())

    assert users.check_password(session, "mia@funnel.EXAMPLE ", "correct horse")
    for email, password in [("mia@funnel.example", "wrong"), ("nobody@x.example", "correct horse"), ("", "")]:
        assert users.check_password(session, email, password) is None


def test_an_email_is_used_once_and_a_password_has_a_length(session, context):
    users.add(session, "mia@funnel.example", "correct horse", context.wall())

    with pytest.raises(users.EmailTakenError):
        users.add(session, "MIA@funnel.example", "correct horse", context.wall())
    for password in ("short", "x" * 1025):
        with pytest.raises(users.WeakPasswordError):
            users.add(session, "omar@funnel.example", password, context.wall())


def test_a_stamp_changes_with_the_password(session, context):
    user = users.find(session, users.add(session, "mia@funnel.example", "correct horse", context.wall()))
    before = users.stamp(user)

    user.password_hash = "another"

    assert users.stamp(user) != before


class TestGuessing:
    """Failures are counted before the password is looked at."""

    ACCOUNT, ADDRESS = (logins.attempt_key(b"k" * 32, kind, "x") for kind in ("account", "address"))

    def guess(self, session, wall, *keys):
        return logins.admit(session, keys or (self.ACCOUNT, self.ADDRESS), wall)

    def test_five_are_free_then_waits_double(self, session, now):
        assert [self.guess(session, now) for _ in range(5)] == [timedelta(0)] * 5
        assert self.guess(session, now) == timedelta(seconds=30)
        assert self.guess(session, now + timedelta(seconds=30)) == timedelta(0)
        assert self.guess(session, now + timedelta(seconds=30)) == timedelta(seconds=60)

    def test_a_try_that_waits_is_not_counted(self, session, now):
        for _ in range(50):
            self.guess(session, now)

        assert self.guess(session, now) == timedelta(seconds=30)

    def test_an_address_waits_whichever_accounts_it_tries(self, session, now):
        for number in range(5):
            self.guess(session, now, logins.attempt_key(b"k" * 32, "account", str(number)), self.ADDRESS)

        assert self.guess(session, now, logins.attempt_key(b"k" * 32, "account", "new"), self.ADDRESS)

    def test_an_hour_without_failure_forgets(self, session, now):
        for _ in range(5):
            self.guess(session, now)

        later = now + timedelta(hours=1, seconds=1)
        assert [self.guess(session, later) for _ in range(5)] == [timedelta(0)] * 5

    def test_the_right_password_frees_the_account_and_gives_the_address_one_try_back(self, session, now):
        for _ in range(4):
            self.guess(session, now)
        self.guess(session, now)
        logins.forgive(session, self.ACCOUNT, self.ADDRESS, now)

        assert self.guess(session, now) == timedelta(0)
        assert self.guess(session, now, self.ACCOUNT) == timedelta(0)
        assert self.guess(session, now, self.ADDRESS) == timedelta(seconds=30)

    def test_a_burst_gets_no_more_than_five_answers(self, committed, now):
        admitted = []

        def one():
            with committed.database.transaction() as session:
                admitted.append(self.guess(session, now))

        threads = [Thread(target=one) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert admitted.count(timedelta(0)) == 5
