"""Links that let people set a password: once, for a while, and never after a removal."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from funnel import links
from funnel.crm import passwords, user_links, user_sessions, users
from funnel.models import UserLink
from tests import people

KEYS = [b"k" * 32]


@pytest.fixture
def omar(session, now):
    people.user(session, at=now)
    return users.invite(session, "omar@funnel.example", now, role="sales")


def test_an_invitation_is_good_for_a_week_and_a_reset_for_an_hour(session, omar, now):
    invitation = user_links.make(session, omar, now)
    omar.joined_at = now
    reset = user_links.make(session, omar, now)

    assert (invitation.kind, invitation.expires_at - now) == ("invitation", timedelta(days=7))
    assert (reset.kind, reset.expires_at - now) == ("reset", timedelta(hours=1))
    assert user_links.user_of(session, reset.id, now + timedelta(minutes=59)) is omar
    with pytest.raises(user_links.SpentLinkError):
        user_links.user_of(session, reset.id, now + timedelta(hours=1))


def test_who_was_invited_joins_with_a_name_and_a_password(session, omar, now):
    assert (omar.state, omar.name) == ("invited", "omar")
    link = user_links.make(session, omar, now)

    user_links.use(session, link.id, "Omar K.", "correct horse", now)

    assert (omar.state, omar.name, omar.role) == ("active", "Omar K.", "sales")
    assert users.check_password(session, omar.email, "correct horse") is omar


def test_a_link_works_once_and_takes_the_others_and_all_sessions_along(session, omar, now):
    omar.joined_at = now
    first, second = user_links.make(session, omar, now), user_links.make(session, omar, now)
    open_session = user_sessions.begin(session, omar, "", None, now)

    user_links.use(session, first.id, None, "correct horse", now)

    assert user_sessions.find(session, open_session, now) is None
    for link in (first, second):
        with pytest.raises(user_links.SpentLinkError):
            user_links.use(session, link.id, None, "another horse", now)


def test_a_weak_password_does_not_spend_the_link(session, omar, now):
    link = user_links.make(session, omar, now)

    with pytest.raises(passwords.WeakPasswordError):
        user_links.use(session, link.id, "Omar", "short", now)

    user_links.use(session, link.id, "Omar", "correct horse", now)


def test_a_removal_ends_the_links(session, omar, now):
    link = user_links.make(session, omar, now)
    users.remove(session, omar, now)

    with pytest.raises(user_links.SpentLinkError):
        user_links.use(session, link.id, "Omar", "correct horse", now)
    assert session.query(UserLink).count() == 0


def test_of_two_at_once_one_gets_in(committed):
    wall = committed.wall()
    with committed.database.transaction() as session:
        omar = users.invite(session, "omar@funnel.example", wall, role="sales")
        link = user_links.make(session, omar, wall).id
    both, refused = Barrier(2), []

    def use(password):
        try:
            with committed.database.transaction() as session:
                user_links.user_of(session, link, wall)
                both.wait()
                user_links.use(session, link, "Omar", password, wall)
        except user_links.SpentLinkError:
            refused.append(password)

    threads = [Thread(target=use, args=(password,)) for password in ("correct horse", "another horse")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    with committed.database.transaction() as session:
        assert users.check_password(session, "omar@funnel.example", refused[0]) is None


def test_the_address_is_signed_and_nothing_in_the_database_makes_it(session, omar, now):
    link = user_links.make(session, omar, now)
    token = user_links.url("https://funnel.example", KEYS, link.id).rpartition("/")[2]

    assert links.read_user_link(KEYS, token) == link.id
    assert links.read_user_link([b"n" * 32, *KEYS], token) == link.id
    assert links.read_user_link([b"x" * 32], token) is None
    for other in (links.confirm_token(KEYS, link.id), token[:-2], "", "é", str(link.id)):
        assert links.read_user_link(KEYS, other) is None
