"""What operators ask: alive, ready, how is it doing; and who may ask."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from alembic.script import ScriptDirectory
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from funnel import health, metrics, migrate
from funnel.app import create_app
from funnel.context import Context
from funnel.crm import facts, installation, tokens
from funnel.crm.facts import Fact
from funnel.db import Database, open_engine
from nurture_sequences import api as sequences_api

NOBODY = "postgresql+psycopg2://nobody@127.0.0.1:1/none"


@pytest.fixture
def client(context):
    app = create_app(context.settings, context=context, api_blueprints=[sequences_api.blueprint])
    app.testing = True
    return app.test_client()


@pytest.fixture
def lost(settings):
    """A client of an application whose database is away."""
    engine = open_engine(NOBODY)
    yield create_app(settings, context=Context(settings, Database(engine))).test_client()
    engine.dispose()


def gauges(client, **options):
    answer = client.get("/metrics", **options)
    assert answer.status_code == 200
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.labels
    }


def test_a_process_lives_without_its_database(lost):
    assert lost.get("/healthz").json == {"status": "ok"}


def test_a_migrated_database_is_ready(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_lost_database_leaves_forms_to_be_served(lost):
    answer = lost.get("/readyz")

    assert (answer.status_code, answer.json["status"]) == (200, "degraded")
    assert "kept in FUNNEL_HOME/spool" in answer.json["reason"]


def test_without_a_database_and_without_a_disk_nothing_is_ready(lost, settings):
    (settings.home / "spool").write_text("no folder can be made here")

    answer = lost.get("/readyz")

    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")
    assert "The database does not answer, and" in answer.json["reason"]


def test_another_schema_is_not_ready(client, session):
    session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    session.commit()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert f"is at schema older, this release needs {health.head()}" in answer.json["reason"]


def test_an_empty_database_is_not_ready(client, session):
    session.execute(text("ALTER TABLE alembic_version RENAME TO elsewhere"))
    session.commit()

    answer = client.get("/readyz")

    assert (answer.status_code, "funnel migrate" in answer.json["reason"]) == (503, True)


def test_the_head_read_from_the_files_is_the_one_alembic_knows(shared_engine):
    with shared_engine.connect() as connection:
        assert ScriptDirectory.from_config(migrate.config(connection)).get_current_head() == health.head()


def test_gauges_tell_how_far_behind_the_engine_is(client, context):
    calm = gauges(client)
    with context.database.transaction() as session:
        facts.record(session, [Fact("tagged", 1, context.now() - timedelta(seconds=90))])
        installation.hold_sending(session, "waiting for Mia")
    late = gauges(client)

    names = {"oldest_due_seconds", "reactions_lag_seconds", "messages_unknown", "messages_queued", "handouts"}
    assert {f"funnel_{name}": 0.0 for name in names}.items() <= calm.items()
    assert (calm["funnel_sending_held"], calm["funnel_database_up"]) == (0, 1)
    assert 90 <= late["funnel_reactions_lag_seconds"] < 150
    assert late["funnel_sending_held"] == 1


def test_the_age_of_the_oldest_transaction_is_told(committed):
    client = create_app(committed.settings, context=committed).test_client()
    with committed.database.transaction() as session:
        session.execute(text("SELECT pg_current_xact_id()"))  # it may write, so others must keep what it may see
        session.execute(text("SELECT pg_sleep(1)"))

        assert 1 <= gauges(client)["funnel_oldest_transaction_seconds"] < 60
    assert gauges(client)["funnel_oldest_transaction_seconds"] < 1


def test_metrics_are_told_without_the_database(lost):
    assert gauges(lost)["funnel_database_up"] == 0


def test_counters_count_by_outcome(client):
    def seen():
        text = client.get("/metrics").text
        return text.count('funnel_form_submissions_total{outcome="test"} 1.0')

    metrics.count_submission("test")
    metrics.count_messages("test", 3)

    assert seen() == 1
    assert 'funnel_messages_total{outcome="test"} 3.0' in client.get("/metrics").text


def test_counters_of_several_processes_add_up(tmp_path):
    script = "from funnel import metrics; metrics.count_submission('accepted')\n"
    read = "print(metrics.exposition([], database_up=True).decode())"
    environ = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    for _ in range(2):
        subprocess.run([sys.executable, "-c", script], env=environ, check=True)
    told = subprocess.run(
        [sys.executable, "-c", script + read], env=environ, check=True, capture_output=True, text=True
    )

    assert 'funnel_form_submissions_total{outcome="accepted"} 3.0' in told.stdout


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 401),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}, 401),
        ("203.0.113.9", {}, 401),
        ("10.0.0.1", {"Authorization": "Bearer x"}, 401),
        ("", {}, 401),
    ],
)
def test_metrics_are_for_this_machine(client, address, headers, status):
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers).status_code == status


@pytest.mark.parametrize(("scope", "status"), [("metrics", 200), ("all", 200), ("leads:read", 403)])
def test_others_need_a_token_for_metrics(client, context, scope, status):
    with context.database.transaction() as session:
        token = tokens.add(session, "prometheus", [scope], context.wall())
    headers = {"Authorization": f"Bearer {token}"}

    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}, headers=headers).status_code == status
