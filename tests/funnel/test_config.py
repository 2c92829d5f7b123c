"""A wrong setting stops the start with one line that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from funnel.config import SettingsError, home_of, load

KEYS = {"SECRET_KEY": "s" * 32, "FINGERPRINT_KEY": "f" * 32}


def test_without_any_setting_everything_is_local(tmp_path: Path) -> None:
    settings = load({**KEYS, "FUNNEL_HOME": str(tmp_path)})

    assert settings.database_embedded
    assert settings.broker_url is None
    assert settings.mailer == "mailbox"
    assert settings.public_url == "http://127.0.0.1:8000"


def test_a_database_of_their_own_is_reached_by_psycopg2(tmp_path: Path) -> None:
    settings = load({**KEYS, "FUNNEL_HOME": str(tmp_path), "DATABASE_URL": "postgres://u:p@db:5433/funnel"})

    assert not settings.database_embedded
    assert settings.database_url == "postgresql+psycopg2://u:p@db:5433/funnel"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "eighty"),
        ("DATABASE_URL", "mysql://db/funnel"),
        ("DATABASE_URL", "db.example"),
        ("BROKER_URL", "kafka://broker"),
        ("PUBLIC_URL", "funnel.example"),
        ("PUBLIC_URL", "https://funnel.example/?a=b"),
        ("SECRET_KEY", "short"),
        ("FINGERPRINT_KEY", "short"),
        ("MAILER", "pigeon"),
        ("LOG_FORMAT", "xml"),
        ("POLL_SECONDS", "never"),
        ("HANDOUT_SECONDS", "0"),
        ("WORKER_PROCESSES", "0"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as raised:
        load({**KEYS, "FUNNEL_HOME": str(tmp_path), name: value})

    assert "\n" not in str(raised.value)


def test_a_missing_key_says_where_keys_come_from(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="funnel up"):
        load({"FUNNEL_HOME": str(tmp_path)})


def test_several_secret_keys_are_a_list_with_the_newest_first(tmp_path: Path) -> None:
    settings = load({**KEYS, "FUNNEL_HOME": str(tmp_path), "SECRET_KEY": f"{'n' * 32}, {'o' * 32}"})

    assert settings.secret_keys == (b"n" * 32, b"o" * 32)


def test_the_home_is_absolute_wherever_the_command_runs() -> None:
    assert home_of({}) == Path.cwd() / "var"
    assert home_of({"FUNNEL_HOME": "/srv/funnel"}) == Path("/srv/funnel")


OIDC = {"OIDC_ISSUER": "https://login.example.com/x", "OIDC_CLIENT_ID": "funnel", "OIDC_CLIENT_SECRET": "s3cret"}


def test_an_identity_provider_is_read_and_its_secret_is_not_shown():
    provider = load(KEYS | OIDC | {"OIDC_DOMAINS": " Example.com, a.example "}).provider

    assert provider is not None
    assert (provider.issuer, provider.name) == ("https://login.example.com/x", "login.example.com")
    assert provider.domains == {"example.com", "a.example"}
    assert "s3cret" not in repr(provider)
    assert load(KEYS).provider is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"OIDC_ISSUER": "http://login.example.com"},
        {"OIDC_ISSUER": "login.example.com"},
        {"OIDC_ISSUER": "https://login.example.com?x=1"},
        {"OIDC_CLIENT_ID": ""},
        {"OIDC_CLIENT_SECRET": ""},
        {"OIDC_DOMAINS": "mia@example.com"},
        {"OIDC_DOMAINS": "com"},
    ],
)
def test_a_provider_that_cannot_be_right_stops_the_start(wrong):
    with pytest.raises(SettingsError, match="OIDC_"):
        load(KEYS | OIDC | wrong)
