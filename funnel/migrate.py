"""Bringing a database to the schema of this release."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply what is missing. Two starters at once wait for each other; a table lock is waited for 10 s at most."""
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(hashtext('funnel.migrate'))"))
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text("SET statement_timeout = 0"))
        connection.commit()
        try:
            command.upgrade(config(connection), revision)
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(hashtext('funnel.migrate'))"))
            connection.commit()
            connection.invalidate()


def revision(engine: Engine) -> str | None:
    """What the database is at; None before the first migration."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back, down to `revision`."""
    with engine.connect() as connection:
        command.downgrade(config(connection), revision)
        connection.commit()


def config(connection: Connection) -> Config:
    """Alembic's configuration, in memory: no alembic.ini, no URL on disk."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = connection
    return settings
