"""What each role may do, as `docs/operate/people.md` says it."""

import pytest

from funnel.crm import roles, tokens

SCOPES = [scope for scope in tokens.SCOPES if scope != "all"]
NOUNS = {scope.partition(":")[0] for scope in SCOPES}


def test_every_noun_says_what_each_role_may():
    assert set(roles.RIGHTS) == NOUNS


def test_every_right_is_a_scope():
    for role in roles.ROLES:
        assert set(roles.scopes(role)) <= set(tokens.SCOPES), role


def test_an_admin_may_everything():
    assert tokens.single(roles.scopes("admin")) == SCOPES


def test_who_may_more_may_all_that_others_may():
    marketer, viewer = (set(tokens.single(roles.scopes(role))) for role in ("marketer", "viewer"))

    assert viewer < marketer < set(SCOPES)
    assert viewer < set(tokens.single(roles.scopes("sales"))) < set(SCOPES)


def test_a_viewer_writes_nothing_but_the_own_account():
    writes = [scope for scope in tokens.single(roles.scopes("viewer")) if not scope.endswith(":read")]

    assert writes == ["account:write"]


@pytest.mark.parametrize("role", ["marketer", "sales", "viewer"])
def test_only_admins_manage_people(role):
    may = tokens.single(roles.scopes(role))

    assert "users:read" in may
    assert "users:write" not in may


@pytest.mark.parametrize(
    ("role", "scope", "allowed"),
    [
        ("marketer", "sequences:write", True),
        ("marketer", "rules:write", True),
        ("sales", "leads:write", True),
        ("sales", "sequences:write", False),
        ("sales", "rules:write", False),
        ("viewer", "leads:read", True),
        ("viewer", "leads:write", False),
    ],
)
def test_the_table_of_the_guide(role, scope, allowed):
    assert tokens.allows(roles.scopes(role), scope) is allowed
