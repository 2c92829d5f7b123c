import pytest

from funnel.app import create_app
from funnel.crm import tokens
from funnel.models import Lead
from nurture_sequences import api as door
from nurture_sequences import programs
from tests.playing import Play


@pytest.fixture
def play(context):
    """The engine in one thread, on a clock the test moves."""
    programs.forget()
    playing = Play(context)
    yield playing
    playing.engine.close()


@pytest.fixture
def api(context):
    """Calls `/api/v1` with a token that may do everything."""
    return caller(context)


@pytest.fixture
def played_api(play):
    """The same, on the clock of `play`."""
    return caller(play.context)


def caller(context):
    programs.forget()
    app = create_app(context.settings, context=context, api_blueprints=[door.blueprint])
    app.testing = True
    with context.database.transaction() as session:
        token = tokens.add(session, "test", ["all"], context.wall())

    def call(method, path, **options):
        headers = {"Authorization": f"Bearer {token}"} | options.pop("headers", {})
        return app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **options)

    return call


@pytest.fixture
def lena(context, now):
    with context.database.transaction() as session:
        lead = Lead(email="lena@example.com", stage_since=now, created_at=now, updated_at=now)
        session.add(lead)
        session.flush()
        return lead.id
