"""`funnel export` as an operator types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from tests import factories
from tests.conftest import KEYS
from wsgi import command


@pytest.fixture
def export(committed, committed_url, tmp_path):
    with committed.database.transaction() as session:
        factories.lead(session, "lena@example.com", tags=["vip"])
        factories.lead(session, "omar@example.com")
    environ = {**KEYS, "DATABASE_URL": committed_url, "FUNNEL_HOME": str(tmp_path)}
    return lambda *words: CliRunner(env=environ).invoke(command, ["export", *words], prog_name="funnel")


def test_it_writes_to_standard_output(export):
    told = export("leads", "--columns", "email,tags", "--tag", "vip")

    assert told.exit_code == 0, told.output
    assert told.stdout_bytes == b"email,tags\r\nlena@example.com,vip\r\n"


def test_it_writes_a_file_that_has_its_name_when_it_is_whole(export, tmp_path, committed):
    file: Path = tmp_path / "leads.ndjson"
    told = export("leads", "--format", "ndjson", "--output", str(file), "--columns", "email")

    assert told.exit_code == 0, told.output
    assert sorted(file.read_text().splitlines()) == ['{"email":"lena@example.com"}', '{"email":"omar@example.com"}']
    assert [path.name for path in tmp_path.glob("*.part")] == []
    with committed.database.transaction() as session:
        assert session.execute(text("SELECT actor FROM audit WHERE action = 'export'")).scalars().all() == ["system"]


def test_tables_of_sequences_are_there_too(export):
    assert export("messages").stdout.startswith("id,queued_at,lead_id,email,sequence")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nothing"], "There is no nothing. There are: leads, submissions,"),
        (["leads", "--columns", "nope"], "There is no column nope."),
        (["leads", "--columns", "id", "--preset", "hubspot"], "not both"),
        (["events", "--tag", "vip"], "are for leads"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(export, words, says):
    told = export(*words)

    assert told.exit_code == 2
    assert says in told.stderr
