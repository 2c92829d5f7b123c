import time
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


def wait_for_a_lock(context):
    """Until somebody waits for what this test holds."""
    deadline = time.monotonic() + 20
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while time.monotonic() < deadline:
        with context.database.transaction() as session:
            if session.scalar(waiting):
                return
    raise AssertionError("nobody waits")


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

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(lambda _: capture(several, filling(form_id, submission_id), now), range(20)))

    assert len([result for result in results if result]) == 1
    with several.database.transaction() as session:
        for table in ("leads", "submissions", "consents", "touches", "events", "pending_facts"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 1, table


def test_the_later_of_two_posts_at_once_leaves_the_lead_alone(several, now):
    told = filling(make_form(several, now), uuid4())
    later = replace(told, values=told.values | {"first_name": "Joan"})

    with ThreadPoolExecutor(1) as pool, several.database.transaction() as first:
        leads.capture(first.connection(), told, now)
        second = pool.submit(capture, several, later, now + timedelta(seconds=1))
        wait_for_a_lock(several)

    assert second.result() is None
    with several.database.transaction() as session:
        lead = session.execute(text("SELECT fields, updated_at FROM leads")).one()
    assert tuple(lead) == ({}, now)


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
