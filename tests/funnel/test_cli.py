"""The commands of an operator, and the one line each expected failure ends with."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

from funnel.context import Context
from funnel.crm import installation, tokens, users
from tests.conftest import KEYS, create_database, database_url, drop_database
from wsgi import command


@pytest.fixture
def environ(committed_url: str, tmp_path: Path) -> dict[str, str]:
    return {**KEYS, "DATABASE_URL": committed_url, "FUNNEL_HOME": str(tmp_path)}


def funnel(environ: dict[str, str], *words: str) -> Result:
    return CliRunner(env=environ).invoke(command, words, prog_name="funnel")


def refused(result: Result) -> str:
    """The one line on stderr of a command that ended with 1."""
    assert result.exit_code == 1, result.output
    [line] = result.stderr.splitlines()
    return line


def test_help_lists_every_verb() -> None:
    result = CliRunner().invoke(command, ["--help"])

    assert result.exit_code == 0
    for verb in ("up", "migrate", "token", "user", "sending"):
        assert f"\n  {verb} " in result.output
    assert "prepare" not in result.output


def test_a_new_token_is_the_last_word_and_opens_the_api(environ: dict[str, str], committed: Context) -> None:
    result = funnel(environ, "token", "add", "--name", "shop", "--scope", "all")

    assert result.exit_code == 0, result.output
    with committed.database.transaction() as session:
        found = tokens.find(session, result.output.split()[-1], committed.wall())
        assert found is not None
        assert (found.name, found.scopes) == ("shop", ["all"])


def test_a_token_is_listed_and_revoked(environ: dict[str, str], committed: Context) -> None:
    text = funnel(environ, "token", "add", "--name", "shop", "--scope", "leads:read", "--days", "30").output.split()[-1]
    with committed.database.transaction() as session:
        found = tokens.find(session, text, committed.wall())
        assert found is not None
        assert found.expires_at is not None
        assert 29 <= (found.expires_at - committed.wall()).days <= 30

    assert funnel(environ, "token", "list").output == f"{found.id}\tliving\tshop\tleads:read\tnever used\n"
    assert "opens nothing" in funnel(environ, "token", "revoke", str(found.id)).output
    assert funnel(environ, "token", "list").output.split("\t")[1] == "revoked"
    with committed.database.transaction() as session:
        assert tokens.find(session, text, committed.wall()) is None
    assert "There is no token 999" in refused(funnel(environ, "token", "revoke", "999"))


def test_an_unknown_scope_is_refused_with_the_known_ones(environ: dict[str, str]) -> None:
    result = funnel(environ, "token", "add", "--name", "shop", "--scope", "everything")

    assert result.exit_code == 2
    assert "leads:read" in result.stderr


def test_a_new_user_signs_in_with_the_last_word(environ: dict[str, str], committed: Context) -> None:
    result = funnel(environ, "user", "add", "lena@example.org")

    with committed.database.transaction() as session:
        assert users.check_password(session, "lena@example.org", result.output.split()[-1])


def test_the_same_user_twice_is_one_line(environ: dict[str, str]) -> None:
    funnel(environ, "user", "add", "lena@example.org")

    assert "lena@example.org already" in refused(funnel(environ, "user", "add", "Lena@example.org"))


def test_users_are_listed_given_roles_and_passwords_and_removed(environ: dict[str, str], committed: Context) -> None:
    funnel(environ, "prepare")
    funnel(environ, "user", "add", "lena@example.org", "--role", "viewer", "--name", "Lena B.")

    assert "\tactive\tviewer\tlena@example.org\tLena B.\n" in funnel(environ, "user", "list").output
    assert funnel(environ, "user", "role", "LENA@example.org", "sales").output == "lena@example.org is sales now.\n"
    told = funnel(environ, "user", "password", "lena@example.org")
    with committed.database.transaction() as session:
        lena = users.check_password(session, "lena@example.org", told.output.split()[-1])
        assert lena
        assert lena.role == "sales"
    assert "no more" in funnel(environ, "user", "remove", "lena@example.org").output
    assert "lena" not in funnel(environ, "user", "list").output


def test_a_lost_authenticator_is_reset(environ: dict[str, str], committed: Context) -> None:
    funnel(environ, "user", "add", "lena@example.org")
    with committed.database.transaction() as session:
        lena = users.by_email(session, "lena@example.org")
        assert lena
        lena.factor, lena.factor_at = b"sealed", committed.wall()

    assert "without a code" in funnel(environ, "user", "reset-second-factor", "lena@example.org").output

    with committed.database.transaction() as session:
        again = users.by_email(session, "lena@example.org")
        assert again
        assert (again.factor, again.factor_at) == (None, None)


def test_the_last_admin_cannot_be_removed_and_nobody_is_one_line(environ: dict[str, str]) -> None:
    funnel(environ, "prepare")

    assert "last admin" in refused(funnel(environ, "user", "remove", users.FIRST_USER))
    assert "last admin" in refused(funnel(environ, "user", "role", users.FIRST_USER, "viewer"))
    assert "no user nobody@x.example" in refused(funnel(environ, "user", "password", "nobody@x.example"))


def test_sending_is_held_shown_and_opened(environ: dict[str, str], committed: Context) -> None:
    funnel(environ, "sending", "stop", "--reason", "wrong template")
    with committed.database.transaction() as session:
        assert installation.read(session).sending_held == "wrong template"
    assert "held: wrong template" in funnel(environ, "sending", "status").output

    funnel(environ, "sending", "start")

    assert funnel(environ, "sending", "status").output == "Sending is open.\n"


def test_migrate_brings_an_empty_database_up_and_a_second_time_changes_nothing(
    cluster: str, environ: dict[str, str]
) -> None:
    name = create_database(cluster, "funnel_test_cli_empty")
    environ["DATABASE_URL"] = database_url(cluster, name)

    assert "not migrated" in refused(funnel(environ, "sending", "status"))
    first, second = funnel(environ, "migrate"), funnel(environ, "migrate")

    assert first.exit_code == 0, first.output
    assert second.output == first.output
    assert funnel(environ, "sending", "status").exit_code == 0
    drop_database(cluster, name)


def test_preparing_again_makes_no_second_user_and_sets_the_speed(environ: dict[str, str], committed: Context) -> None:
    first = funnel(environ, "prepare", "--speed", "60")
    second = funnel(environ, "prepare", "--speed", "60")

    assert users.FIRST_USER in first.output
    assert '"login": null' in second.output
    assert committed.clock.speed == 60


def test_another_fingerprint_key_stops_the_start(environ: dict[str, str]) -> None:
    funnel(environ, "prepare")

    assert "FINGERPRINT_KEY" in refused(funnel({**environ, "FINGERPRINT_KEY": "x" * 40}, "prepare"))


def test_a_database_that_is_away_is_one_line(environ: dict[str, str]) -> None:
    environ["DATABASE_URL"] = "postgresql://funnel:geheim@127.0.0.1:1/funnel"

    line = refused(funnel(environ, "sending", "status"))

    assert "does not answer" in line
    assert "geheim" not in line


def test_a_database_that_does_not_exist_is_one_line(environ: dict[str, str], committed_url: str) -> None:
    environ["DATABASE_URL"] = make_url(committed_url).set(database="nowhere").render_as_string(hide_password=False)

    assert "nowhere" in refused(funnel(environ, "sending", "status"))


def test_an_embedded_database_that_sleeps_is_one_line(environ: dict[str, str]) -> None:
    del environ["DATABASE_URL"]

    assert "funnel up" in refused(funnel(environ, "token", "add", "--name", "shop", "--scope", "all"))


def test_a_missing_key_is_one_line(tmp_path: Path) -> None:
    result = funnel({"FUNNEL_HOME": str(tmp_path), "SECRET_KEY": "", "FINGERPRINT_KEY": ""}, "migrate")

    assert "SECRET_KEY is not set" in refused(result)


def test_a_defect_keeps_its_traceback(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(installation, "read", broken)

    assert isinstance(funnel(environ, "sending", "status").exception, RuntimeError)
