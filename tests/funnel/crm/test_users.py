"""Users and their passwords; and how guessing gets slow."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from werkzeug.security import generate_password_hash

from funnel.crm import logins, passwords, users
from tests import people


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
    users.add(session, " Mia@Funnel.example", "correct horse", context.wall(), role="viewer")

    assert users.check_password(session, "mia@funnel.EXAMPLE ", "correct horse")
    for email, password in [("mia@funnel.example", "wrong"), ("nobody@x.example", "correct horse"), ("", "")]:
        assert users.check_password(session, email, password) is None


def test_an_email_is_used_once_and_a_password_has_a_length(session, context):
    users.add(session, "mia@funnel.example", "correct horse", context.wall(), role="viewer")

    with pytest.raises(users.EmailTakenError):
        users.add(session, "MIA@funnel.example", "correct horse", context.wall(), role="viewer")
    for password in ("short", "x" * 1025):
        with pytest.raises(passwords.WeakPasswordError):
            users.add(session, "omar@funnel.example", password, context.wall(), role="viewer")


def test_the_first_user_is_an_admin_and_everybody_has_a_name(session, context):
    email, _ = users.create_first_user(session, context.wall())
    mia = users.find(session, users.add(session, "mia@x.example", "correct horse", context.wall(), role="sales"))

    assert (users.by_email(session, email).role, mia.role) == ("admin", "sales")
    assert mia.name == "mia"


def test_a_hash_of_an_earlier_release_still_opens_and_is_made_anew(session, context):
    mia = people.user(session, at=context.wall())
    mia.password_hash = generate_password_hash("correct horse", method="scrypt")

    assert users.check_password(session, mia.email, "wrong horse") is None
    assert mia.password_hash.startswith("scrypt:")
    assert users.check_password(session, mia.email, "correct horse") is mia
    assert mia.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert users.check_password(session, mia.email, "correct horse") is mia


def test_who_has_no_password_or_has_not_joined_does_not_get_in(session, context):
    mia = people.user(session, at=context.wall())
    assert users.check_password(session, mia.email, "") is None

    mia.password_hash, mia.joined_at = passwords.hashed("correct horse"), None
    assert users.check_password(session, mia.email, "correct horse") is None


class TestLastAdmin:
    """There is always somebody who can manage people."""

    def test_cannot_be_removed_or_lowered(self, session, context):
        mia = people.user(session, at=context.wall())
        people.user(session, "omar@funnel.example", role="marketer", at=context.wall())

        with pytest.raises(users.LastAdminError):
            users.remove(session, mia, context.wall())
        with pytest.raises(users.LastAdminError):
            users.set_role(session, mia, "viewer")
        assert (mia.role, mia.state) == ("admin", "active")

    def test_an_admin_who_never_joined_does_not_count(self, session, context):
        mia = people.user(session, at=context.wall())
        people.user(session, "omar@funnel.example", at=context.wall()).joined_at = None
        session.flush()

        with pytest.raises(users.LastAdminError):
            users.remove(session, mia, context.wall())

    def test_two_who_remove_each_other_at_once_leave_one(self, committed):
        wall = committed.wall()
        with committed.database.transaction() as session:
            ids = [people.user(session, f"{name}@funnel.example", at=wall).id for name in ("mia", "omar")]
        both, refused = Barrier(2), []

        def remove(user_id):
            with committed.database.transaction() as session:
                user = users.find(session, user_id)
                both.wait()
                try:
                    users.remove(session, user, wall)
                except users.LastAdminError:
                    refused.append(user_id)

        threads = [Thread(target=remove, args=(user_id,)) for user_id in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with committed.database.transaction() as session:
            states = [users.find(session, user_id).state for user_id in ids]
        assert (len(refused), sorted(states)) == (1, ["active", "removed"])


def test_an_email_is_free_again_after_a_removal(session, context):
    people.user(session, "omar@funnel.example", at=context.wall())
    mia = people.user(session, at=context.wall())
    users.remove(session, mia, context.wall())

    again = users.add(session, mia.email, "correct horse", context.wall(), role="viewer")

    assert users.by_email(session, mia.email).id == again != mia.id


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
