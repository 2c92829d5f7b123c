"""Sessions: found by their text alone, over after a while, ended."""

from datetime import timedelta

import pytest

from funnel.crm import user_sessions, users
from funnel.models import UserSession
from tests import people


@pytest.fixture
def mia(session, now):
    return people.user(session, at=now)


def begin(session, user, now):
    return user_sessions.begin(session, user, "Firefox", "198.51.100.0/24", now)


def test_a_session_is_found_by_its_text_alone(session, mia, now):
    text = begin(session, mia, now)

    found = user_sessions.find(session, text, now)
    assert (found.user, found.session.agent, found.session.network) == (mia, "Firefox", "198.51.100.0/24")
    assert text.encode() not in found.session.digest
    for wrong in ("", text[:-1], text + "A", "é", "\ud83d"):
        assert user_sessions.find(session, wrong, now) is None


@pytest.mark.parametrize(("after", "living"), [(timedelta(days=6, hours=23), True), (timedelta(days=7), False)])
def test_a_session_without_a_request_is_over_after_a_week(session, mia, now, after, living):
    text = begin(session, mia, now)

    assert (user_sessions.find(session, text, now + after) is not None) is living


def test_a_session_in_use_is_over_after_a_month(session, mia, now):
    text = begin(session, mia, now)

    living = [user_sessions.find(session, text, now + timedelta(days=day)) is not None for day in range(32)]

    assert living == [True] * 30 + [False] * 2


def test_being_seen_is_written_every_few_minutes_only(session, mia, now, queries):
    text = begin(session, mia, now)
    queries.clear()

    for second in range(0, 300, 10):
        user_sessions.find(session, text, now + timedelta(seconds=second))
        session.flush()
    assert not [one for one in queries if one.startswith("UPDATE")]

    user_sessions.find(session, text, now + timedelta(seconds=301))
    session.flush()
    assert len([one for one in queries if one.startswith("UPDATE")]) == 1


def test_the_next_sign_in_clears_what_is_over(session, mia, now):
    begin(session, mia, now)
    begin(session, mia, now + timedelta(days=8))

    assert session.query(UserSession).filter_by(user_id=mia.id).count() == 1


def test_one_is_ended_or_all_but_this_one_and_never_those_of_others(session, mia, now):
    omar = people.user(session, "omar@funnel.example", at=now)
    texts = [begin(session, mia, now) for _ in range(3)]
    his = begin(session, omar, now)
    first, second, _ = (user_sessions.find(session, text, now).session.id for text in texts)

    assert not user_sessions.end(session, omar.id, first)
    assert user_sessions.end(session, mia.id, first)
    assert not user_sessions.end(session, mia.id, first)
    assert user_sessions.end_all(session, mia.id, spare=second) == 1

    assert [user_sessions.find(session, text, now) is not None for text in texts] == [False, True, False]
    assert user_sessions.find(session, his, now)


def test_a_new_password_ends_all_but_the_session_it_was_set_in(session, mia, now):
    here, elsewhere = begin(session, mia, now), begin(session, mia, now)
    kept = user_sessions.find(session, here, now).session.id

    users.set_password(session, mia, "another one, quite long", spare=kept)

    assert user_sessions.find(session, here, now)
    assert user_sessions.find(session, elsewhere, now) is None
