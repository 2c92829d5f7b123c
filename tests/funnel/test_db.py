"""The database handle when the server dies in the middle."""

import signal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError

from funnel.db import Database, open_engine
from tests.servers.postgres import Postgres


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with Postgres(tmp_path_factory.mktemp("pg")) as server:
        yield server


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGKILL])
def test_a_server_that_died_is_an_operational_error_and_the_next_transaction_is_served(postgres, number):
    engine = open_engine(postgres.url, connections=1)
    database = Database(engine)
    with database.transaction() as session:
        session.execute(text("SELECT 1"))

    postgres.kill(number)
    postgres.start()

    with pytest.raises(OperationalError) as caught, database.transaction() as session:
        session.execute(text("SELECT 1"))
    assert caught.value.connection_invalidated
    with database.transaction() as session:
        assert session.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGKILL])
def test_a_server_that_died_is_an_operational_error_to_a_statement_too(postgres, number):
    autocommit = open_engine(postgres.url, connections=1, autocommit=True)
    database = Database(autocommit, autocommit=autocommit)
    with database.statement() as connection:
        connection.exec_driver_sql("SELECT 1")

    postgres.kill(number)
    postgres.start()

    with pytest.raises(OperationalError) as caught, database.statement() as connection:
        connection.exec_driver_sql("SELECT 1")
    assert caught.value.connection_invalidated
    with database.statement() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    autocommit.dispose()


def test_a_statement_is_committed_by_the_database_and_the_hint_follows(postgres):
    hints = []
    bind = open_engine(postgres.url)
    autocommit = open_engine(postgres.url, autocommit=True)
    database = Database(bind, lambda: hints.append("hint"), autocommit)

    with database.statement() as connection:
        connection.exec_driver_sql("CREATE TABLE noted (id int)")
        with bind.connect() as another:
            another.exec_driver_sql("SELECT * FROM noted")
        assert hints == []
    assert hints == ["hint"]

    with pytest.raises(DataError), database.statement() as connection:
        connection.exec_driver_sql("SELECT 1 / 0")
    assert hints == ["hint"]
    for engine in (bind, autocommit):
        engine.dispose()


def test_an_error_does_not_tell_the_values_of_its_statement(postgres):
    engine = open_engine(postgres.url, connections=1)

    with pytest.raises(DataError) as caught, Database(engine).transaction() as session:
        session.execute(text("SELECT CAST(left(:address, 0) AS integer)"), {"address": "jane@example.com"})

    assert "jane@example.com" not in str(caught.value)
    engine.dispose()


def test_no_statement_is_compiled_just_in_time(shared_engine):
    with shared_engine.connect() as connection:
        assert connection.execute(text("SHOW jit")).scalar() == "off"


def test_our_own_sessions_end_when_they_do_nothing_in_a_transaction(postgres):
    engine = open_engine(postgres.url)
    with Database(engine).transaction() as session:
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "1min"
    engine.dispose()
