"""Leads made, edited and upserted, with the facts that tell of it; and what becomes of a changed address."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from funnel.crm import consents, forms, lead_addresses, lead_edits, leads, submissions
from funnel.crm.consents import Proof
from funnel.crm.errors import KnownLeadError
from funnel.crm.lead_changes import Edit
from funnel.crm.lead_edits import Origin, Told
from funnel.crm.leads import Capture
from funnel.models import Lead
from funnel.schemas.form import FormIn
from tests import factories

BY = Origin("token 1")


def facts(session):
    rows = session.execute(text("SELECT lead_id, kind, data FROM events ORDER BY id"))
    return [(row.lead_id, row.kind, row.data) for row in rows]


def told(email, **edit):
    return Told(email, Edit(**edit))


def test_a_new_lead_is_told_as_a_fact_and_then_what_is_known_of_it(session, now):
    lead_id = lead_edits.create(session, told("lena@x.example", fields={"city": "Lyon"}, add_tags=["vip"]), BY, now)

    lead = session.get(Lead, lead_id)
    assert (lead.email, lead.fields, lead.tags, lead.stage_since) == ("lena@x.example", {"city": "Lyon"}, ["vip"], now)
    assert facts(session) == [
        (lead_id, "lead_created", {"by": "token 1"}),
        (lead_id, "fields_changed", {"keys": ["city"], "columns": [], "by": "token 1"}),
        (lead_id, "tagged", {"tag": "vip", "by": "token 1"}),
    ]


def test_an_address_that_is_known_makes_no_second_lead(session, now):
    known = factories.lead(session, "lena@x.example", fields={"city": "Lyon"})

    with pytest.raises(KnownLeadError) as refusal:
        lead_edits.create(session, told("lena@x.example", fields={"city": "Nice"}), BY, now)

    assert refusal.value.lead_id == known.id
    assert known.fields == {"city": "Lyon"}


def test_an_edit_that_changes_nothing_writes_nothing(session, now):
    lead = factories.lead(session, fields={"city": "Lyon"}, tags=["vip"])

    outcomes = lead_edits.edit(session, {lead.id: Edit(fields={"city": "Lyon"}, add_tags=["vip"])}, BY, now)

    session.refresh(lead)
    assert outcomes[lead.id].result == "unchanged"
    assert (facts(session), lead.updated_at) == ([], now)


def test_a_batch_says_for_each_row_what_became_of_it(session, now):
    omar = factories.lead(session, "omar@x.example", fields={"city": "Lyon"})
    same = factories.lead(session, "same@x.example", tags=["vip"])
    later = now + timedelta(hours=1)

    outcomes = lead_edits.upsert(
        session,
        [
            told("new@x.example", fields={"city": "Nice"}),
            told("omar@x.example", fields={"city": "Nice", "job": "cook"}, fill=True),
            told("same@x.example", add_tags=["vip"]),
            told("huge@x.example", add_tags=[f"t{n}" for n in range(300)]),
            told("new@x.example", fields={"job": "baker"}),
        ],
        BY,
        later,
    )

    assert [outcome.result for outcome in outcomes] == ["created", "updated", "unchanged", "refused", "created"]
    assert outcomes[1].lead_id == omar.id
    assert outcomes[2].lead_id == same.id
    assert outcomes[3].errors.keys() == {"tags"}
    session.expire_all()
    new = session.get(Lead, outcomes[0].lead_id)
    assert (new.fields, new.created_at) == ({"city": "Nice", "job": "baker"}, later)
    assert omar.fields == {"city": "Lyon", "job": "cook"}
    assert session.scalar(text("SELECT count(*) FROM leads WHERE email = 'huge@x.example'")) == 0


def test_an_import_may_say_that_its_facts_enroll_nobody(session, now):
    lead_edits.upsert(session, [told("new@x.example", add_tags=["vip"])], Origin("import 7", enrolls=False), now)

    assert [data for _, _, data in facts(session)] == [
        {"by": "import 7", "enrolls": False},
        {"tag": "vip", "by": "import 7", "enrolls": False},
    ]


def test_a_thousand_rows_take_as_many_statements_as_one(session, now, queries):
    lead_edits.upsert(session, [told("one@x.example", fields={"n": 1}, add_tags=["a"])], BY, now)
    for_one = len(queries)
    queries.clear()

    rows = [told(f"lead{n}@x.example", fields={"n": n}, add_tags=["a"]) for n in range(1000)]
    outcomes = lead_edits.upsert(session, rows, BY, now)

    assert {outcome.result for outcome in outcomes} == {"created"}
    assert len(queries) == for_one <= 6


def test_batches_of_the_same_people_at_the_same_time_neither_double_nor_deadlock(committed, now):
    failed = []

    def write(turn):
        rows = [told(f"lead{n}@x.example", fields={f"k{turn}": n}) for n in range(200)]
        try:
            for _ in range(5):
                with committed.database.transaction() as session:
                    lead_edits.upsert(session, rows if turn % 2 else rows[::-1], BY, now)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(turn,)) for turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not failed
    with committed.database.transaction() as session:
        rows = session.execute(text("SELECT email, fields FROM leads")).all()
        made = session.scalar(text("SELECT count(*) FROM events WHERE kind = 'lead_created'"))
    assert len(rows) == made == 200
    assert all(row.fields.keys() == {f"k{turn}" for turn in range(6)} for row in rows)


def test_with_a_new_address_consents_wait_for_whoever_reads_it(session, now):
    lead = factories.lead(session, "old@x.example")
    factories.consent(session, lead, "phone_calls")

    assert lead_addresses.change(session, lead.id, "new@x.example", BY, now, keep_consents=False)

    session.refresh(lead)
    assert lead.email == "new@x.example"
    assert consents.state(session, [lead.id])[lead.id] == {"email_marketing": "pending", "phone_calls": "granted"}
    assert consents.may_mail(consents.mail_state(session, [lead.id])[lead.id], None) == "consent not confirmed"
    assert facts(session) == [(lead.id, "address_changed", {"consents": "pending", "by": "token 1"})]


def test_who_vouches_for_the_person_keeps_its_consents(session, now):
    lead = factories.lead(session, "old@x.example")

    lead_addresses.change(session, lead.id, "new@x.example", BY, now, keep_consents=True)

    assert consents.state(session, [lead.id])[lead.id] == {"email_marketing": "granted"}
    assert facts(session)[0][2] == {"consents": "kept", "by": "token 1"}


def test_what_was_withdrawn_stays_withdrawn(session, now):
    lead = factories.lead(session, "old@x.example")
    consents.withdraw(session, lead.id, None, now, proof=Proof("one-click"))

    lead_addresses.change(session, lead.id, "new@x.example", BY, now, keep_consents=False)

    assert consents.state(session, [lead.id])[lead.id] == {"email_marketing": "withdrawn"}


def test_an_address_of_somebody_else_is_refused_and_nothing_changes(session, now):
    lead, other = factories.lead(session, "lena@x.example"), factories.lead(session, "omar@x.example")

    with pytest.raises(KnownLeadError) as refusal:
        lead_addresses.change(session, lead.id, "omar@x.example", BY, now, keep_consents=False)

    assert refusal.value.lead_id == other.id
    session.refresh(lead)
    assert (lead.email, facts(session)) == ("lena@x.example", [])


def test_its_own_address_is_no_change(session, now):
    lead = factories.lead(session, "lena@x.example")

    assert not lead_addresses.change(session, lead.id, "lena@x.example", BY, now, keep_consents=False)
    assert not lead_addresses.change(session, lead.id + 1, "x@x.example", BY, now, keep_consents=False)


def test_an_old_link_to_confirm_grants_nothing_at_the_new_address(context, session, now):
    form = forms.create_form(session, FormIn().load({"key": "guide", "name": "Guide", "double_opt_in": True}), now)
    submission, email = uuid4(), "old@x.example"
    agreed = {"newsletter": "Send me the newsletter."}
    filling = Capture(
        submission, form.id, "guide", 1, email, {"email": email}, agreed, ["newsletter"], double_opt_in=True
    )
    lead_id = leads.capture(session.connection(), filling, now)
    lead_addresses.change(session, lead_id, "new@x.example", BY, now, keep_consents=False)

    assert submissions.confirm(session, submission, now, proof=Proof("confirm"))

    assert consents.state(session, [lead_id])[lead_id] == {"newsletter": "pending"}
