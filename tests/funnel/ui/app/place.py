"""A running web server for the tests of the app, with what a test wrote into its database first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import users
from funnel.db import Database, open_engine
from nurture_sequences import programs as programs_cache
from tests.conftest import create_database, database_url, drop_database
from tests.funnel.ui.conftest import EMAIL, PASSWORD
from tests.servers import programs
from tests.servers.group import Group


@dataclass
class Place:
    """A running web server and its database."""

    url: str
    database: Database
    server: Group


@contextmanager
def placed(
    cluster: str, template: str, home: Path, tell: Callable[[Session, datetime], None], **settings: str
) -> Iterator[Place]:
    """A place where Mia may sign in; `tell` writes the story the tests begin with, `settings` are more of them."""
    name = create_database(cluster, f"funnel_{home.name}", template=template)
    url = database_url(cluster, name)
    engine = open_engine(url)
    database = Database(engine)
    with database.transaction() as session:
        users.add(session, EMAIL, PASSWORD, datetime.now(UTC), role="admin", name="Mia")
        # No worker runs here; the engine is heard of as if one did.
        session.execute(text("UPDATE installation SET pulse_at = now() + interval '1 day'"))
        programs_cache.forget()
        tell(session, datetime.now(UTC))
    server, address = programs.web(programs.environment(home, DATABASE_URL=url, **settings), home / "web.log")
    yield Place(address, database, server)
    server.kill()
    engine.dispose()
    drop_database(cluster, name)
