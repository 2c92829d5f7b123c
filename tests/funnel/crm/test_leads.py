from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

from sqlalchemy import text

from funnel.crm import forms, leads
from funnel.crm.errors import RepeatedError
from funnel.crm.leads import Capture
from funnel.schemas.form import FormIn


def make_form(context, now):
    with context.database.transaction() as session:
        return forms.create_form(session, FormIn().load({"key": "demo", "name": "Demo"}), now).id


def filling(form_id: int, submission_id: UUID, email: str = "jane@example.com") -> Capture:
    return Capture(submission_id, form_id, "demo", 1, email, {"email": email}, {"newsletter": "Yes."})


def capture(context, told, now):
    try:
        with context.database.transaction() as session:
            return leads.capture(session, told, now)
    except RepeatedError:
        return None


def test_twenty_posts_of_one_submission_at_once_are_written_once(committed, now):
    form_id, submission_id = make_form(committed, now), uuid4()

    with ThreadPoolExecutor(20) as pool:
        results = list(
            pool.map(lambda n: capture(committed, filling(form_id, submission_id, f"j{n}@example.com"), now), range(20))
        )

    assert len([result for result in results if result]) == 1
    with committed.database.transaction() as session:
        for table in ("leads", "submissions", "consents", "touches", "events", "pending_facts"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 1, table


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
