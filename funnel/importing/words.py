"""How words of files are compared."""

from __future__ import annotations

import re
import unicodedata


def folded(name: str) -> str:
    """Small letters without accents, words with one space between."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))
