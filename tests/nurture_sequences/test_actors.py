"""Chunks of work: they give their place back however they end, and never keep the pulse turning for nothing."""

import select as readiness
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from dramatiq.brokers.stub import StubBroker
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from funnel.context import Context
from funnel.db import Database, open_engine
from nurture_sequences import programs
from nurture_sequences.actors import Actors
from nurture_sequences.handing_out import Limits
from nurture_sequences.pulse import Pulse
from tests import factories
from tests.conftest import NOW
from tests.playing import Play


def handouts(session):
    return session.scalar(text("SELECT count(*) FROM handouts"))


def is_awake(engine):
    return bool(readiness.select([engine.wake], [], [], 0)[0])


@pytest.fixture
def impatient(committed_url, settings):
    """The engine on real commits, whose statements wait a fifth of a second at most."""
    bind = open_engine(committed_url, timeout_seconds=0.2)
    playing = Play(Context(replace(settings, database_url=committed_url), Database(bind)))
    programs.forget()
    yield playing
    playing.engine.close()
    bind.dispose()


@pytest.fixture
def lena(committed):
    with committed.database.transaction() as session:
        factories.sequence(session)
        lena = factories.lead(session)
        factories.submitted(session, lena)
    return lena


@pytest.fixture
def lena_at_her_first_step(session):
    sequence, lena = factories.sequence(session), factories.lead(session)
    session.execute(
        text(
            "INSERT INTO enrollments (sequence_id, version_id, lead_id, entered_at, due_at, started_at) "
            "SELECT sequence_id, id, :lead, :now, :now, :now FROM versions WHERE sequence_id = :sequence"
        ),
        {"lead": lena.id, "now": NOW, "sequence": sequence.id},
    )
    session.commit()


def test_a_fact_of_a_lead_that_somebody_holds_does_not_keep_the_pulse_turning(committed, impatient, lena):
    with committed.database.transaction() as other:
        other.execute(text("SELECT FROM leads WHERE id = :id FOR UPDATE"), {"id": lena.id})

        impatient.actors.send("react", uuid4(), NOW.replace(year=2027), [])

        assert not is_awake(impatient.engine)
    impatient.actors.send("react", uuid4(), NOW.replace(year=2027), [])
    assert is_awake(impatient.engine)


def test_a_fact_of_a_lead_that_is_gone_leaves_the_queue(play, session):
    session.execute(text("INSERT INTO pending_facts (event_id, at, lead_id) VALUES (1, now(), 987654321)"))
    session.commit()

    play.turn()

    assert session.scalar(text("SELECT count(*) FROM pending_facts")) == 0


def test_at_a_stop_what_was_never_begun_is_due_at_once(play, session, lena_at_her_first_step):
    """Its chunk lies in the memory of a process that ends."""
    actors = Actors(StubBroker(middleware=[]), play.engine, own=True)
    pulse = Pulse(play.engine, actors, Limits("stopped", 16))
    pulse.turn()
    ring = session.scalar(text("SELECT due_at FROM enrollments"))

    actors.give_back(session)

    assert ring == NOW + timedelta(seconds=120)
    assert session.scalar(text("SELECT due_at FROM enrollments")) == NOW
    assert handouts(session) == 0


def test_a_chunk_that_comes_up_while_the_process_stops_is_given_back(play, session, lena_at_her_first_step):
    play.engine.stopping.set()
    play.pulse.turn()

    play.actors.give_back(session)

    assert play.outbox.sent == []
    assert session.scalar(text("SELECT due_at FROM enrollments")) == NOW
    assert handouts(session) == 0


def test_a_chunk_with_a_poison_row_gives_its_place_back(play, session):
    broken = factories.sequence(session)
    factories.submitted(session, factories.lead(session))
    session.commit()
    play.actors.send("react", uuid4(), NOW.replace(year=2027), [])
    session.execute(text("UPDATE versions SET document = '{\"steps\": 7}' WHERE sequence_id = :id"), {"id": broken.id})
    session.commit()
    programs.forget()

    play.pulse.turn()

    assert session.scalar(text("SELECT held FROM enrollments")) == "error"
    assert handouts(session) == 0


def test_a_chunk_that_the_database_failed_gives_its_place_back(committed, impatient, lena):
    impatient.actors.send("react", uuid4(), NOW.replace(year=2027), [])
    with committed.database.transaction() as other:
        other.execute(text("SELECT FROM leads WHERE id = :id FOR UPDATE"), {"id": lena.id})
        with pytest.raises(OperationalError):
            impatient.pulse.turn()

    impatient.pulse.turn()

    with committed.database.transaction() as session:
        assert handouts(session) == 0
