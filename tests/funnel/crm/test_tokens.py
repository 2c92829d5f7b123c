"""Keys for programs."""

import re

import pytest

from funnel.crm import tokens


def test_a_token_is_found_by_its_text_alone(session, context):
    text = tokens.add(session, "shop", ["leads:read", "leads:read"], context.wall())

    assert re.fullmatch(r"fnl_[A-Za-z0-9_-]{43}", text)
    assert tokens.find(session, text).scopes == ["leads:read"]
    for wrong in ("", text[:-1], text + "A", text.swapcase(), f" {text}", "fnl_" + "\x00" * 43, "fnl_" + "é" * 43):
        assert tokens.find(session, wrong) is None


def test_a_revoked_token_is_found_no_more(session, context):
    text = tokens.add(session, "shop", ["all"], context.wall())

    assert tokens.revoke(session, "shop", context.wall()) == 1
    assert tokens.revoke(session, "shop", context.wall()) == 0
    assert tokens.find(session, text) is None


@pytest.mark.parametrize("scopes", [[], ["everything"], ["leads:read", "leads"], [""]])
def test_unknown_scopes_are_refused(session, context, scopes):
    with pytest.raises(tokens.UnknownScopeError):
        tokens.add(session, "shop", scopes, context.wall())


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
