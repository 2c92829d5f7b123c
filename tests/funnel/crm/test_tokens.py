"""Keys for programs."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from funnel.crm import tokens


def test_a_token_is_found_by_its_text_alone(session, now):
    text = tokens.add(session, "shop", ["leads:read", "leads:read"], now)

    assert re.fullmatch(r"fnl_[A-Za-z0-9_-]{43}", text)
    assert tokens.find(session, text, now).scopes == ["leads:read"]
    for wrong in ("", text[:-1], text + "A", text.swapcase(), f" {text}", "fnl_" + "\x00" * 43, "fnl_" + "é" * 43):
        assert tokens.find(session, wrong, now) is None


def test_a_revoked_token_is_found_no_more(session, now):
    token, text = tokens.mint(session, "shop", ["all"], now)

    assert tokens.revoke(session, token.id, now)
    assert tokens.revoke(session, token.id, now + timedelta(days=1))
    session.refresh(token)
    assert (tokens.find(session, text, now), token.revoked_at) == (None, now)
    assert not tokens.revoke(session, token.id + 1, now)


def test_a_token_ends_by_itself(session, now):
    token, text = tokens.mint(session, "shop", ["all"], now, expires_at=now + timedelta(days=1))

    last, over = now + timedelta(hours=23, minutes=59), now + timedelta(days=1)
    assert (tokens.find(session, text, last), tokens.status(token, last)) == (token, "living")
    assert (tokens.find(session, text, over), tokens.status(token, over)) == (None, "expired")


def test_a_busy_token_writes_its_use_once_a_minute(session, now, queries):
    token, _ = tokens.mint(session, "shop", ["all"], now)
    queries.clear()
    for second in range(0, 120, 5):
        tokens.note_use(session, token, now + timedelta(seconds=second))
        session.refresh(token)

    assert token.last_used_at == now + timedelta(seconds=60)
    assert len([one for one in queries if one.startswith("UPDATE")]) == 2


def test_nobody_waits_to_note_a_use(committed, now):
    with committed.database.transaction() as session:
        token, _ = tokens.mint(session, "shop", ["all"], now)
    with committed.database.transaction() as holder, committed.database.transaction() as session:
        tokens.note_use(holder, token, now)
        session.execute(sql("SET LOCAL lock_timeout = '1s'"))
        tokens.note_use(session, token, now)


def test_the_list_is_read_page_by_page(session, now):
    made = [tokens.mint(session, f"shop {n}", ["all"], now)[0].id for n in range(5)]
    seen, place = [], None
    while True:
        page = tokens.page(session, after=place, limit=2)
        seen += [one.id for one in page.items]
        if (place := page.next) is None:
            break

    assert seen == made[::-1]


@pytest.mark.parametrize("scopes", [[], ["everything"], ["leads:read", "leads"], [""]])
def test_unknown_scopes_are_refused(session, now, scopes):
    with pytest.raises(tokens.UnknownScopeError):
        tokens.add(session, "shop", scopes, now)


@pytest.mark.parametrize(
    ("scopes", "wanted", "allowed"),
    [
        (["all"], "metrics", True),
        (["leads:read"], "leads:read", True),
        (["leads:write"], "leads:read", True),
        (["leads:read"], "leads:write", False),
        (["leads:write"], "forms:read", False),
        (["metrics"], "leads:read", False),
        ([], "leads:read", False),
    ],
)
def test_a_scope_allows_what_it_says(scopes, wanted, allowed):
    assert tokens.allows(scopes, wanted) is allowed


def test_nobody_hands_on_more_than_they_have():
    assert tokens.beyond(["leads:write", "forms:read"], ["leads:read", "leads:write", "forms:read"]) == []
    assert tokens.beyond(["leads:write"], ["all", "forms:read", "leads:read"]) == ["all", "forms:read"]
    assert tokens.beyond(["all"], list(tokens.SCOPES)) == []
