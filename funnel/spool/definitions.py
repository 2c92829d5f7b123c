"""The last known definition of each form, on this machine's disk: forms are served while the database is away."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

log = logging.getLogger(__name__)


class Definitions:
    """One small file for each form. Losing them costs nothing while the database is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, key: str, told: Any) -> None:
        """Remember this of the form. A disk that is full must not keep a form from being served."""
        path = self._path(key)
        fresh = path.with_suffix(f".{uuid4()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.write_bytes(orjson.dumps(told))
            os.replace(fresh, path)
        except OSError as error:
            log.warning("a form's definition was not kept", extra={"form": key, "error": error.strerror})

    def find(self, key: str) -> Any | None:
        """What was remembered last; null when there is nothing, or nothing whole."""
        try:
            return orjson.loads(self._path(key).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None

    def _path(self, key: str) -> Path:
        # The key is what a stranger wrote into an address.
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
