"""The description of the API as a file: `python -m tests.openapi` writes `funnel/openapi.json` anew.

The app's types are generated from it, so that a change of the API that the app does not follow fails at once.
"""

from __future__ import annotations

import json
from pathlib import Path

import wsgi
from funnel import config
from tests.conftest import KEYS
from tests.servers.group import ROOT

FILE = ROOT / "funnel" / "openapi.json"


def described() -> str:
    """What `/api/v1/openapi.json` says, in a form that is easy to compare."""
    settings = config.load({"DATABASE_URL": "postgresql://nowhere/none", "FUNNEL_HOME": str(Path.cwd()), **KEYS})
    answer = wsgi.compose(settings).test_client().get("/api/v1/openapi.json")
    return json.dumps(answer.json, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(described(), encoding="utf-8")
