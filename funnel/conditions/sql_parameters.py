"""The named parameters of a condition in SQL."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass
class Parameters:
    """Collects them; each method answers the expression that stands for its value."""

    #: keeps the parameters of two conditions in one query apart
    prefix: str
    values: dict[str, Any] = field(default_factory=dict)

    def time(self, at: datetime) -> str:
        return f"CAST({self.bind(at)} AS timestamptz)"

    def seconds(self, span: timedelta) -> str:
        return f"CAST({self.bind(span.total_seconds())} AS double precision)"

    def text(self, value: str) -> str:
        return f"CAST({self.bind(value)} AS text)"

    def json(self, value: object) -> str:
        return f"CAST({self.bind(json.dumps(value))} AS jsonb)"

    def bind(self, value: object) -> str:
        name = f"{self.prefix}{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def sign(test: str) -> str:
    """Which way a limit is compared."""
    return ">=" if test == "at_least" else "<="
