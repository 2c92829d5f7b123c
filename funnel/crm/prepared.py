"""A statement that the database parses and plans once for each connection, for the hottest paths.

Planning the capture costs the server more than running it. Prepared statements live in a session of PostgreSQL, as do
LISTEN and our time limits: a pooler in front of the database has to pool sessions, not transactions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)\b")


class Prepared:
    """`sql` names its parameters `:like_this`; `types` are those that are not text.

    `first` is a setting made on the same round trip, before each run.
    """

    def __init__(self, name: str, sql: str, types: Mapping[str, str], first: str = "") -> None:
        self._name = name
        names = list(dict.fromkeys(_PARAMETER.findall(sql)))
        numbered = _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", sql)
        declared = ", ".join(types.get(each, "text") for each in names)
        # Without the mode PostgreSQL would plan anew each time: it takes every JSON list for a hundred rows long.
        self.prepare = f"SET plan_cache_mode = force_generic_plan; PREPARE {name} ({declared}) AS {numbered}"
        self.run = f"{first}EXECUTE {name} ({', '.join(f'%({each})s' for each in names)})"

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Run it with these values, one for each parameter."""
        if self._name not in connection.info:
            connection.exec_driver_sql(self.prepare)
            connection.info[self._name] = True
        return connection.exec_driver_sql(self.run, dict(values))
