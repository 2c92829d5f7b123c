"""A restored copy of the database brings nobody back."""

import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import make_url, text

from funnel import restoring
from funnel.crm import erasing, suppressions
from funnel.crm.erasure_file import ErasureFile
from funnel.crm.personal_data import OWN
from funnel.db import Database, open_engine
from funnel.embedded.place import wheel_binaries
from nurture_sequences.personal_data import HOLDINGS
from tests import factories
from tests.conftest import create_database, database_url, drop_database
from tests.playing import MovedContext
from tests.privacy.conftest import EMAIL, dump_of, found_in

ALL = [*HOLDINGS, *OWN]


@pytest.fixture
def restore(cluster, service):
    """Puts a dump into an empty database, and gives the context of a service that starts on it."""
    made = []

    def restored(dump):
        name = create_database(cluster, f"funnel_restored_{len(made)}")
        url = make_url(database_url(cluster, name))
        command = [str(wheel_binaries() / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run([*command, address], input=dump, text=True, check=True, capture_output=True)
        engine = open_engine(url.render_as_string(hide_password=False))
        made.append((name, engine))
        settings = replace(service.context.settings, database_url=str(url))
        return MovedContext(settings, Database(engine), service.context.clock, at=service.context.at)

    yield restored
    for name, engine in made:
        engine.dispose()
        drop_database(cluster, name)


def rows(context, sql):
    with context.database.transaction() as session:
        return [tuple(row) for row in session.execute(text(sql))]


def test_who_was_erased_after_the_copy_was_made_is_erased_again_at_the_start(service, somebody, restore):
    with service.context.database.transaction() as session:
        other = factories.lead(session, "omar@example.com", at=service.context.now()).id
    copy = service.dump()
    service.erase(somebody)
    erased = rows(service.context, "SELECT id FROM erasures")

    context = restore(copy)
    assert rows(context, "SELECT count(*) FROM leads") == [(2,)]
    assert restoring.repeat(context, ALL) == 1

    assert rows(context, "SELECT id, email FROM leads") == [(other, "omar@example.com")]
    assert rows(context, "SELECT id FROM erasures") == erased
    with context.database.transaction() as session:
        assert suppressions.suppressed(session, [EMAIL], context.settings.fingerprint_key) == {EMAIL}
    assert found_in(dump_of(context)) == []
    assert restoring.repeat(context, ALL) == 0


def test_a_lead_is_known_again_by_its_address_when_its_number_is_another(service, somebody, restore):
    copy, before = service.dump(), service.context.now()
    service.erase(somebody)
    context = restore(copy)
    with context.database.transaction() as session:
        later = {"later": before + timedelta(days=1)}
        session.execute(text("UPDATE leads SET email = 'omar@x.example', created_at = :later"), later)
        factories.lead(session, EMAIL, at=before)

    assert restoring.repeat(context, ALL) == 1
    assert rows(context, "SELECT email FROM leads") == [("omar@x.example",)]


def test_an_address_without_a_lead_is_erased_again_as_well(service, somebody, restore):
    copy = service.dump()
    service.api(
        "POST", "/privacy/erase", json={"email": "omar@x.example", "confirm": "omar@x.example", "reason": "asked"}
    )
    context = restore(copy)
    with context.database.transaction() as session:
        session.execute(
            text(
                'INSERT INTO mailbox (message_id, "to", sender, subject, text, headers, at)'
                " VALUES (gen_random_uuid(), 'Omar@x.example', 'us', 'Hello', 'Hello', '{}', now())"
            )
        )

    assert restoring.repeat(context, ALL) == 0
    assert rows(context, """SELECT 1 FROM mailbox WHERE "to" = 'Omar@x.example'""") == []


def test_who_came_back_after_the_erasure_stays(service, somebody, restore):
    service.erase(somebody, suppress=False)
    copy = service.dump()
    service.play.context.at += timedelta(days=1)
    with service.context.database.transaction() as session:
        back = factories.lead(session, EMAIL, at=service.context.now()).id
    file = service.context.settings.home / "erasures"
    assert file.exists()
    context = restore(copy)
    with context.database.transaction() as session:
        session.execute(text("DELETE FROM erasures"))
        factories.lead(session, EMAIL, at=service.context.now())

    assert restoring.repeat(context, ALL) == 0
    assert rows(context, "SELECT email FROM leads") == [(EMAIL,)]
    assert rows(service.context, "SELECT id FROM leads") == [(back,)]


def test_what_another_machine_erased_is_added_to_the_file(service, somebody):
    service.erase(somebody)
    file = service.context.settings.home / "erasures"
    told = file.read_bytes()
    file.unlink()

    assert restoring.repeat(service.context, ALL) == 0
    assert file.read_bytes() == told
    restoring.repeat(service.context, ALL)
    assert file.read_bytes() == told


def test_a_line_that_was_torn_by_a_crash_is_written_anew(service, somebody):
    service.erase(somebody)
    file = service.context.settings.home / "erasures"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])

    restoring.repeat(service.context, ALL)

    installation = rows(service.context, "SELECT id FROM installation")[0][0]
    assert [line.lead_id for line in ErasureFile(service.context.settings.home).lines(installation)] == [somebody]
    assert file.read_bytes() == whole[: len(whole) // 2] + b"\n" + whole


def test_the_erasures_of_another_installation_are_not_repeated_here(service, somebody, restore):
    copy = service.dump()
    service.erase(somebody)
    context = restore(copy)
    with context.database.transaction() as session:
        session.execute(text("UPDATE installation SET id = gen_random_uuid()"))

    assert restoring.repeat(context, ALL) == 0
    assert rows(context, "SELECT count(*) FROM leads") == [(1,)]


def test_a_disk_that_takes_nothing_does_not_undo_an_erasure(service, somebody, caplog):
    folder = service.context.settings.home / "erasures"
    folder.mkdir()

    assert service.erase(somebody).status_code == 200
    assert "erasures are not in their file yet" in caplog.text
    folder.rmdir()
    restoring.repeat(service.context, ALL)
    assert (service.context.settings.home / "erasures").exists()


def test_an_erasure_knows_when_its_address_was_last_forgotten(service, somebody):
    key = service.context.settings.fingerprint_key
    now = service.context.now()
    service.erase(somebody)
    mark = suppressions.fingerprint(EMAIL, key)

    with service.context.database.transaction() as session:
        assert erasing.erased_since(session, mark, now - timedelta(hours=1))
        assert not erasing.erased_since(session, mark, now + timedelta(hours=1))
        assert not erasing.erased_since(session, suppressions.fingerprint("omar@x.example", key), now)
