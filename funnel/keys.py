"""The keys of an installation, made on its first start and kept in `FUNNEL_HOME/keys.env`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Mapping
from pathlib import Path

#: what each key is for, as a comment in the file
KEYS = {
    "SECRET_KEY": "Signs links and logins. A list: put a new key in front of the old one, with a comma between.",
    "FINGERPRINT_KEY": "Recognises suppressed addresses. Keep it for ever: with another one they are forgotten.",
}


def make_missing_keys(home: Path, environ: Mapping[str, str]) -> bool:
    """Write the keys that neither the environment nor the file holds; true when there were any.

    The file is readable by its owner only, and complete or not there at all. Raises OSError.
    """
    path = home / "keys.env"
    kept = path.read_text() if path.exists() else ""
    names = {line.partition("=")[0] for line in kept.splitlines()}
    missing = [name for name in KEYS if name not in names and not environ.get(name)]
    if missing:
        _replace(path, kept + _lines(missing))
    return bool(missing)


def _lines(names: Collection[str]) -> str:
    return "".join(f"# {KEYS[name]}\n{name}={secrets.token_urlsafe(48)}\n" for name in names)


def _replace(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
