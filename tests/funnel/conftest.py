"""What the tests of all doors share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from funnel.context import Context


@pytest.fixture
def queries(context: Context) -> Iterator[list[str]]:
    """Every statement of the test, in order."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(context.database.bind, "before_cursor_execute", note)
    yield seen
    event.remove(context.database.bind, "before_cursor_execute", note)
