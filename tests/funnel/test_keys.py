"""An installation makes its own keys once, and never loses one."""

from __future__ import annotations

from pathlib import Path

from funnel import config
from funnel.keys import make_missing_keys


def test_the_first_start_makes_keys_that_only_the_owner_reads(tmp_path: Path) -> None:
    assert make_missing_keys(tmp_path, {})

    settings = config.load({"FUNNEL_HOME": str(tmp_path)})
    assert (tmp_path / "keys.env").stat().st_mode & 0o777 == 0o600
    assert settings.secret_keys[0] != settings.fingerprint_key


def test_the_second_start_keeps_them(tmp_path: Path) -> None:
    make_missing_keys(tmp_path, {})
    kept = (tmp_path / "keys.env").read_text()

    assert not make_missing_keys(tmp_path, {})

    assert (tmp_path / "keys.env").read_text() == kept


def test_a_key_of_the_environment_is_not_made_again(tmp_path: Path) -> None:
    assert make_missing_keys(tmp_path, {"FINGERPRINT_KEY": "given by the operator, long enough to be one"})

    assert "FINGERPRINT_KEY=" not in (tmp_path / "keys.env").read_text()


def test_a_missing_key_joins_the_kept_one(tmp_path: Path) -> None:
    (tmp_path / "keys.env").write_text("FINGERPRINT_KEY=kept-kept-kept-kept-kept-kept-kept-kept\n")

    assert make_missing_keys(tmp_path, {})

    assert config.load({"FUNNEL_HOME": str(tmp_path)}).fingerprint_key == b"kept-kept-kept-kept-kept-kept-kept-kept"
