from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from funnel.crm import forms, leads
from funnel.crm.errors import RepeatedError
from funnel.crm.leads import Capture
from funnel.db import Database, open_engine
from funnel.schemas.form import FormIn


def make_form(context, now):
    with context.database.transaction() as session:
        return forms.create_form(session, FormIn().load({"key": "demo", "name": "Demo"}), now).id


def filling(form_id: int, submission_id: UUID, email: str = "jane@example.com") -> Capture:
    return Capture(submission_id, form_id, "demo", 1, email, {"email": email}, {"newsletter": "Yes."})


def capture(context, told, now):
    try:
        with context.database.statement() as connection:
            return leads.capture(connection, told, now)
    except RepeatedError:
        return None


@pytest.fixture(params=["committed by the database", "in a transaction"])
def several(request, committed):
    """Captures that really run beside each other: as in the web server, and without an engine that autocommits."""
    if request.param == "in a transaction":
        yield committed
        return
    autocommit = open_engine(committed.settings.database_url, connections=20, autocommit=True)
    yield replace(committed, database=Database(committed.database.bind, autocommit=autocommit))
    autocommit.dispose()


def test_twenty_posts_of_one_submission_at_once_are_written_once(several, now):
    form_id, submission_id = make_form(several, now), uuid4()

    def post(n):
        told = filling(form_id, submission_id)
        return capture(several, replace(told, values=told.values | {"n": n}), now + timedelta(seconds=n))

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(post, range(20)))

    [first] = [n for n, lead_id in enumerate(results) if lead_id]
    with several.database.transaction() as session:
        for table in ("leads", "submissions", "consents", "touches", "events", "pending_facts"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 1, table
        lead = session.execute(text("SELECT fields, updated_at FROM leads")).one()
    assert tuple(lead) == ({"n": first}, now + timedelta(seconds=first))


def test_a_broken_rule_other_than_the_submission_is_told(context, now):
    with pytest.raises(IntegrityError), context.database.statement() as connection:
        leads.capture(connection, filling(987_654, uuid4()), now)


def test_twenty_submissions_of_one_person_at_once_are_one_lead(committed, now):
    form_id = make_form(committed, now)

    with ThreadPoolExecutor(20) as pool:
        ids = set(pool.map(lambda _: capture(committed, filling(form_id, uuid4()), now), range(20)))

    assert len(ids) == 1
    with committed.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM submissions")) == 20
        in_order = session.scalars(text("SELECT (data->>'new')::bool FROM events ORDER BY id")).all()
    assert in_order == [True] + [False] * 19


def test_a_lead_is_found_by_address_and_id(context, now):
    lead_id = capture(context, filling(make_form(context, now), uuid4()), now)

    with context.database.transaction() as session:
        assert leads.lead_by_email(session, " Jane@Example.com ").id == lead_id
        assert leads.lead_by_id(session, lead_id).email == "jane@example.com"
        assert leads.lead_by_email(session, "joan@example.com") is None
        assert leads.lead_by_id(session, lead_id + 1) is None
