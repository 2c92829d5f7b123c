"""The migrations are the schema: they equal the models, and each goes down and up."""

import re
import subprocess

from alembic.script import ScriptDirectory
from sqlalchemy import make_url

from funnel import migrate
from funnel.db import Base, open_engine
from funnel.embedded.place import wheel_binaries
from tests.conftest import create_database, database_url, drop_database

#: what Debian's PostgreSQL 15.20 notes with every column of every table, each time another number
NOTED_BY_THE_SERVER = re.compile(r"ALTER TABLE ONLY \S+ ALTER COLUMN \S+ SET \(pg_attver=\d+\);")


def test_the_migrated_schema_equals_the_models(cluster, template):
    models = create_database(cluster, "funnel_models")
    engine = open_engine(database_url(cluster, models))
    Base.metadata.create_all(engine)
    engine.dispose()

    assert dump(cluster, template) == dump(cluster, models)
    drop_database(cluster, models)


def test_every_migration_goes_down_and_up(cluster):
    name = create_database(cluster, "funnel_down_up", migrated=True)
    engine = open_engine(database_url(cluster, name))
    before = dump(cluster, name)
    with engine.connect() as connection:
        revisions = [r.revision for r in ScriptDirectory.from_config(migrate.config(connection)).walk_revisions()]

    for revision in revisions:
        migrate.downgrade(engine, f"{revision}-1" if revision != revisions[-1] else "base")
        migrate.upgrade(engine, revision)
        migrate.downgrade(engine, f"{revision}-1" if revision != revisions[-1] else "base")
    migrate.upgrade(engine)

    assert dump(cluster, name) == before
    engine.dispose()
    drop_database(cluster, name)


def test_there_is_one_head(shared_engine):
    with shared_engine.connect() as connection:
        assert len(ScriptDirectory.from_config(migrate.config(connection)).get_heads()) == 1


def dump(cluster: str, name: str) -> list[str]:
    """`pg_dump --schema-only`, with the columns of each table in alphabetical order."""
    url = make_url(cluster)
    command = [
        str(wheel_binaries() / "pg_dump"),
        "--schema-only",
        "--no-owner",
        "--restrict-key=x",
        "-T",
        "alembic_version",
    ]
    address = url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    output = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    lines, block = [], []
    for line in output.splitlines():
        if NOTED_BY_THE_SERVER.fullmatch(line):
            continue
        if line.startswith("    "):
            block.append(line.rstrip(","))
            continue
        lines += [*sorted(block), line]
        block = []
    return lines
