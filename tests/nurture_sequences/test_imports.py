"""An import from its file to leads, facts and an honest count of who may be mailed, through real jobs."""

import json
import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import select, text

from funnel import import_work, jobs
from funnel.crm import consents, imports, merges, suppressions
from funnel.crm import jobs as asked_jobs
from funnel.crm.errors import OverError
from funnel.crm.imports import refusals
from funnel.models import Consent, Event, Import, ImportRefusal, Job, Lead, Touch
from tests import factories
from tests.conftest import NOW
from tests.importing import CONSENTED, uploaded

PEOPLE = """Email;First name;Company;Tags;Unsubscribed
ann@example.com;Ann;Acme;"vip, b2b";
BOB@Example.com;Bob;;;no
carl@example.com;Carl;Carl & Co;;yes
nobody;X;;;
ann@example.com;Anna;;;
;Y;;;
"""
SHOE = {"key": "tagged", "enter": {"any": [{"tag": "vip"}]}, "steps": [{"id": "x", "wait": {"for": "1 days"}}]}


@pytest.fixture
def asked(play, session):
    def ask(one, *, dry=False):
        imports.ask(session, one, "user 1", NOW, dry=dry)
        session.commit()
        play.turn()
        session.expire_all()
        return session.get_one(Import, one.id)

    return ask


def by_email(session):
    return {lead.email: lead for lead in session.scalars(select(Lead))}


def kinds(session, lead):
    return session.scalars(select(Event.kind).where(Event.lead_id == lead.id).order_by(Event.id)).all()


def test_a_file_becomes_leads_and_ends_with_who_may_be_mailed_and_why_not(asked, session):
    one = asked(uploaded(session, PEOPLE, consent=CONSENTED, tags=["fair"]))

    assert one.result == {
        "new": 3,
        "updated": 0,
        "unchanged": 0,
        "consented": 2,
        "said": {"no": 1, "bounced": 0, "complained": 0},
        "may_mail": 2,
        "may_not": {"unsubscribed": 1},
        "rows": 6,
        "refused_reading": 2,
        "refused": 3,
        "reasons": {"email": 1, "no_email": 1, "repeated": 1},
    }
    found = by_email(session)
    assert found["ann@example.com"].fields == {"first_name": "Ann", "company": "Acme"}
    assert found["ann@example.com"].tags == ["fair", "vip", "b2b"]
    assert found["bob@example.com"].tags == ["fair"]
    assert kinds(session, found["bob@example.com"]) == ["lead_created", "tagged"]
    assert session.scalars(select(Job.status).where(Job.kind == "import")).all() == ["done"]


def test_consent_is_written_as_it_was_stated_and_can_be_traced_to_its_proof(asked, session):
    one = asked(uploaded(session, PEOPLE, consent=CONSENTED))

    rows = session.scalars(select(Consent).order_by(Consent.lead_id)).all()
    told = [(row.purpose, row.action, row.permits_mail, row.wording, row.channel, row.import_id) for row in rows]
    assert told == [
        ("email_marketing", "granted", True, "Send me the letter", "import", one.id),
        ("email_marketing", "granted", True, "Send me the letter", "import", one.id),
        ("email_marketing", "withdrawn", True, None, "import", one.id),
    ]
    assert rows[0].at.isoformat() == "2025-01-02T00:00:00+00:00"


def test_nobody_may_be_mailed_of_a_file_nobody_vouches_for(asked, session):
    one = asked(uploaded(session, PEOPLE))

    assert (one.result["may_mail"], one.result["may_not"]) == (0, {"no consent": 2, "unsubscribed": 1})


def test_existing_customers_may_be_mailed_under_a_purpose_of_their_own(asked, session):
    one = asked(uploaded(session, PEOPLE, consent={"state": "customers", "proof": "invoices of 2025"}))

    assert one.result["may_mail"] == 2
    assert set(session.scalars(select(Consent.purpose).where(Consent.action == "granted"))) == {"existing_customer"}


def test_a_yes_from_a_file_never_takes_back_a_no_that_was_said_here(asked, session):
    ann, bob = factories.lead(session, "ann@example.com"), factories.lead(session, "bob@example.com", agreed=False)
    consents.withdraw(session, ann.id, None, NOW, proof=consents.Proof("one-click"))
    factories.consent(session, bob, action="denied")

    one = asked(uploaded(session, PEOPLE, consent=CONSENTED))

    assert (one.result["consented"], one.result["may_mail"]) == (0, 0)


def test_a_no_in_a_file_stops_mail_and_takes_the_lead_out_of_its_sequences(asked, session, play):
    carl = factories.lead(session, "carl@example.com")
    factories.sequence(session)
    factories.submitted(session, carl)
    session.commit()
    play.turn()

    asked(uploaded(session, PEOPLE, consent=CONSENTED))

    assert session.scalar(text("SELECT reason FROM enrollments")) == "unsubscribed"
    assert consents.mail_state(session, [carl.id])[carl.id] == {"email_marketing": "withdrawn"}


def test_a_no_counts_whichever_of_the_rows_of_one_address_says_it(asked, session):
    asked(uploaded(session, "email,unsubscribed\nann@example.com,\nann@example.com,yes\n", consent=CONSENTED))

    lead = by_email(session)["ann@example.com"]
    assert consents.mail_state(session, [lead.id])[lead.id] == {"email_marketing": "withdrawn"}


def test_bounces_and_complaints_are_suppressed(asked, session, context):
    names = "Email,Portal Bounce,Portal Unsubscribe,Portal Spam Report\n"
    rows = "ann@example.com,OTHER,,\nbob@example.com,,,TRUE\ncarl@example.com,,TRUE,\ndora@example.com,,,\n"

    one = asked(uploaded(session, names + rows, consent=CONSENTED))

    key = context.settings.fingerprint_key
    assert one.preset == "hubspot"
    found = suppressions.suppressed(session, by_email(session), key)
    assert found == {"ann@example.com", "bob@example.com"}
    assert set(session.scalars(text("SELECT reason FROM suppressions"))) == {"hard_bounce", "complaint"}
    assert (one.result["may_mail"], one.result["may_not"]) == (1, {"suppressed": 2, "unsubscribed": 1})


@pytest.mark.parametrize(
    ("policy", "tagging", "fields", "tags", "updated"),
    [
        ("new", "add", {"first_name": "Annie", "company": ""}, ["old"], 0),
        ("fill", "add", {"first_name": "Annie", "company": "Acme"}, ["old", "vip", "b2b"], 1),
        ("overwrite", "add", {"first_name": "Ann", "company": "Acme"}, ["old", "vip", "b2b"], 1),
        ("overwrite", "replace", {"first_name": "Ann", "company": "Acme"}, ["vip", "b2b"], 1),
    ],
)
def test_what_becomes_of_a_known_lead_is_chosen(asked, session, policy, tagging, fields, tags, updated):
    lead = factories.lead(session, "ann@example.com", fields={"first_name": "Annie", "company": ""}, tags=["old"])

    one = asked(uploaded(session, PEOPLE, policy=policy, tagging=tagging), dry=True)
    assert (one.checked["new"], one.checked["updated"], one.checked["unchanged"]) == (2, updated, 1 - updated)
    one = asked(one)

    session.refresh(lead)
    assert (lead.fields, lead.tags) == (fields, tags)
    assert (one.result["new"], one.result["updated"], one.result["unchanged"]) == (2, updated, 1 - updated)


def test_the_same_file_again_changes_nothing_and_tells_nothing(asked, session):
    asked(uploaded(session, PEOPLE, consent=CONSENTED))
    before = session.scalar(text("SELECT count(*) FROM events"))

    one = asked(uploaded(session, PEOPLE, consent=CONSENTED))

    assert (one.result["new"], one.result["updated"], one.result["unchanged"], one.result["consented"]) == (0, 0, 3, 0)
    assert session.scalar(text("SELECT count(*) FROM events")) == before
    assert session.scalar(text("SELECT count(*) FROM consents")) == 3


def test_a_dry_run_counts_and_writes_nothing(asked, session):
    one = asked(uploaded(session, PEOPLE, consent=CONSENTED), dry=True)

    assert (one.checked["new"], one.checked["refusing"], one.checked["refused"], one.run_at) == (3, 1, 3, None)
    assert [session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("leads", "events", "consents")] == [
        0
    ] * 3
    reasons = {(row.line, row.reason, row.column, row.first_line) for row in session.scalars(select(ImportRefusal))}
    assert reasons == {
        (5, "email", "Email", None),
        (6, "repeated", None, 2),
        (7, "no_email", "Email", None),
    }


def test_a_run_after_a_dry_run_does_not_read_the_file_again_and_one_after_a_change_does(asked, session, queries):
    one = asked(uploaded(session, PEOPLE), dry=True)
    queries.clear()
    asked(one)
    assert not any("file_parts" in statement for statement in queries)

    two = asked(uploaded(session, PEOPLE.replace("example.com", "example.org")), dry=True)
    imports.edit(session, two, {"columns": ["email", "fields.nick", "ignore", "ignore", "ignore"]}, NOW)
    asked(two)
    assert by_email(session)["carl@example.org"].fields == {"nick": "Carl"}


def test_an_import_enrolls_nobody_unless_it_says_so(asked, session):
    factories.sequence(session, SHOE)

    asked(uploaded(session, PEOPLE))
    assert session.scalar(text("SELECT count(*) FROM enrollments")) == 0
    asked(uploaded(session, PEOPLE.replace("example.com", "example.org"), may_enter=True))

    assert session.scalar(text("SELECT count(*) FROM enrollments")) == 1


def test_a_stage_that_follows_from_an_import_enrolls_nobody_either(asked, session, play):
    factories.sequence(session, SHOE | {"enter": {"any": [{"stage": "lead"}]}})
    ladder = {"rungs": [{"stage": "lead", "enter": {"tag": "vip"}}]}
    session.execute(
        text("""INSERT INTO rules_versions (kind, number, document, published_at)
                SELECT 'ladder', max(number) + 1, CAST(:document AS jsonb), :now FROM rules_versions
                 WHERE kind = 'ladder'"""),
        {"document": json.dumps(ladder), "now": NOW},
    )

    asked(uploaded(session, PEOPLE))

    assert by_email(session)["ann@example.com"].stage == "lead"
    assert session.scalar(text("SELECT count(*) FROM enrollments")) == 0


def test_a_stage_of_the_file_holds_and_is_told(asked, session):
    one = asked(uploaded(session, "email,stage,source,created\nann@example.com,Customer,Fair 2024,2024-05-06\n"))

    ann = by_email(session)["ann@example.com"]
    assert (ann.stage, ann.created_at.isoformat()) == ("customer", "2024-05-06T00:00:00+00:00")
    assert ann.stage_held_until > NOW
    told = session.execute(select(Event.kind, Event.data).where(Event.lead_id == ann.id).order_by(Event.id)).all()
    assert [tuple(row) for row in told] == [
        ("lead_created", {"import": one.id, "by": f"import {one.id}", "enrolls": False}),
        (
            "stage_changed",
            {
                "import": one.id,
                "by": f"import {one.id}",
                "enrolls": False,
                "from": "subscriber",
                "to": "customer",
                "reason": "import",
            },
        ),
    ]
    touch = session.scalars(select(Touch)).one()
    assert (touch.source, touch.medium, touch.at) == ("Fair 2024", "import", ann.created_at)


def test_what_changed_of_a_known_lead_is_told_as_if_a_person_had_changed_it(asked, session):
    lead = factories.lead(session, "ann@example.com", fields={"first_name": "Annie"}, agreed=False)

    asked(uploaded(session, PEOPLE, policy="overwrite", consent=CONSENTED))

    told = session.execute(select(Event.kind, Event.data).where(Event.lead_id == lead.id).order_by(Event.id)).all()
    assert [(kind, data.get("keys") or data.get("tag")) for kind, data in told] == [
        ("fields_changed", ["company", "first_name"]),
        ("tagged", "vip"),
        ("tagged", "b2b"),
        ("consented", None),
    ]


def test_the_address_of_a_merged_lead_means_the_one_that_stays(asked, session):
    kept, other = factories.lead(session, "kept@example.com"), factories.lead(session, "ann@example.com")
    merges.merge(session, kept.id, [other.id], {}, NOW, "user 1", ())
    session.commit()

    asked(uploaded(session, PEOPLE))

    assert "ann@example.com" not in by_email(session)
    assert by_email(session)["kept@example.com"].fields["company"] == "Acme"


def test_facts_hold_no_address_no_name_and_no_value(asked, session):
    asked(uploaded(session, PEOPLE, consent=CONSENTED))

    told = " ".join(str(data) for data in session.scalars(select(Event.data))).lower()
    assert not any(word in told for word in ("ann", "example", "acme", "carl"))


def test_a_broken_file_fails_with_the_line_and_can_be_mended(asked, session):
    one = uploaded(session, PEOPLE.encode() + "é@example.com;é".encode("cp1252"), reading={"encoding": "utf-8"})

    one = asked(one, dry=True)
    job = imports.job_of(session, one)
    assert (job.status, job.reason) == ("failed", "encoding in line 8")

    imports.edit(session, one, {"reading": {"encoding": "cp1252"}}, NOW)
    assert asked(one, dry=True).checked["rows"] == 7


def test_refused_rows_come_back_as_a_file_that_no_spreadsheet_runs(asked, session):
    one = asked(
        uploaded(session, 'email;note;phone\nno;"=HYPERLINK(""x"")";+33 1 23\n@b;-2;"a;b"\nann@example.com;;\n')
    )

    body, rest = refusals.rows(session, one, refusals.Rest())

    assert rest is None
    assert refusals.header(one) == "\ufeffemail;note;phone;Import line;Import error\r\n"
    assert body == (
        'no;"\'=HYPERLINK(""x"")";+33 1 23;2;email: This is not an email address.\r\n'
        '\'@b;-2;"a;b";3;email: This is not an email address.\r\n'
    )


def test_nothing_is_changed_while_it_is_worked_on_and_nothing_once_it_was_run(asked, session):
    one = uploaded(session, PEOPLE)
    imports.ask(session, one, "user 1", NOW, dry=True)
    with pytest.raises(imports.BusyError):
        imports.edit(session, one, {"policy": "new"}, NOW)
    session.commit()

    two = asked(uploaded(session, PEOPLE))
    for change in (lambda: imports.edit(session, two, {}, NOW), lambda: imports.ask(session, two, "u", NOW, dry=False)):
        with pytest.raises(OverError):
            change()


def test_the_rows_of_a_dry_run_that_no_run_followed_go_with_their_file(asked, session, play):
    asked(uploaded(session, PEOPLE), dry=True)
    kept = uploaded(session, PEOPLE)
    asked(kept, dry=True)
    session.execute(text("UPDATE files SET expires_at = :then WHERE id <> :kept"), {"then": NOW, "kept": kept.file_id})
    session.commit()
    play.context.at += import_work.REST

    play.pulse._housekept = float("-inf")
    play.pulse._housekeep()

    assert session.scalars(text("SELECT DISTINCT import_id FROM import_rows")).all() == [kept.id]


def many(count):
    return "email,first name,city\n" + "".join(f"lead{n}@example.com,Lead {n},Lyon\n" for n in range(count))


def run_apart(context, program, job_id):
    settings = context.settings
    environ = os.environ | {
        "DATABASE_URL": settings.database_url.replace("+psycopg2", ""),
        "FUNNEL_HOME": str(settings.home),
        "SECRET_KEY": "test-secret-key-0123456789abcdef0123",
        "FINGERPRINT_KEY": "test-fingerprint-key-0123456789abcd",
    }
    return subprocess.run([sys.executable, "-c", program, str(job_id)], env=environ, timeout=120)


DYING = """
import os, signal, sys
from funnel import config, import_work, jobs
from funnel.context import Context
from funnel.crm.imports import telling

left = iter(range(2, -1, -1))
tell = telling.tell

def tell_and_die(*arguments):
    tell(*arguments)
    if next(left) == 0:
        os.kill(os.getpid(), signal.SIGKILL)

telling.tell = tell_and_die
import_work.ROWS = 400
context = Context.open(config.load(os.environ), connections=2)
jobs.work(context, import_work.kinds(context.settings), int(sys.argv[1]), lambda: True)
"""


def test_a_worker_killed_in_the_middle_doubles_nothing_and_the_next_goes_on(committed):
    with committed.database.transaction() as session:
        one = uploaded(session, many(3000), consent=CONSENTED, tags=["bulk"])
        job_id = imports.ask(session, one, "user 1", NOW, dry=False).id

    assert run_apart(committed, DYING, job_id).returncode == -signal.SIGKILL
    with committed.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM leads")) == 800
    jobs.work(committed, import_work.kinds(committed.settings), job_id, lambda: True)

    with committed.database.transaction() as session:
        one = session.get_one(Import, one.id)
        assert (one.result["new"], one.result["unchanged"], one.result["may_mail"]) == (3000, 0, 3000)
        counts = [
            session.scalar(text(statement))
            for statement in (
                "SELECT count(*) FROM leads",
                "SELECT count(*) FROM consents",
                "SELECT count(*) FROM events WHERE kind = 'lead_created'",
                "SELECT count(DISTINCT lead_id) FROM events WHERE kind = 'lead_created'",
                "SELECT count(*) FROM events WHERE kind = 'tagged'",
                "SELECT count(*) FROM import_rows",
            )
        ]
        assert counts == [3000, 3000, 3000, 3000, 3000, 0]


def test_rows_that_a_crash_of_the_database_took_are_read_again(committed, monkeypatch):
    monkeypatch.setattr(import_work, "ROWS", 400)
    with committed.database.transaction() as session:
        one = uploaded(session, many(2000), consent=CONSENTED)
        job_id = imports.ask(session, one, "user 1", NOW, dry=False).id
    kinds_of_jobs, bites = import_work.kinds(committed.settings), iter([True, True, True, False])
    jobs.work(committed, kinds_of_jobs, job_id, lambda: next(bites))
    with committed.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM leads")) == 800
        session.execute(text("TRUNCATE import_rows"))  # what recovery does to an unlogged table

    jobs.work(committed, kinds_of_jobs, job_id, lambda: True)

    with committed.database.transaction() as session:
        result = session.get_one(Import, one.id).result
        assert (result["new"], result["updated"], result["unchanged"], result["consented"]) == (2000, 0, 0, 2000)
        assert (result["rows"], result["may_mail"]) == (2000, 2000)
        assert session.scalar(text("SELECT count(*) FROM events WHERE kind = 'lead_created'")) == 2000


def test_a_cancelled_run_stops_between_two_bites_and_says_what_it_did(committed, monkeypatch):
    monkeypatch.setattr(import_work, "ROWS", 400)
    with committed.database.transaction() as session:
        one = uploaded(session, many(2000))
        job_id = imports.ask(session, one, "user 1", NOW, dry=False).id
    bites = iter([True, True, False])
    jobs.work(committed, import_work.kinds(committed.settings), job_id, lambda: next(bites))

    with committed.database.transaction() as session:
        asked_jobs.cancel(session, asked_jobs.by_id(session, job_id), NOW)
    jobs.work(committed, import_work.kinds(committed.settings), job_id, lambda: True)

    with committed.database.transaction() as session:
        job = asked_jobs.by_id(session, job_id)
        assert (job.status, job.result["new"], session.scalar(text("SELECT count(*) FROM leads"))) == (
            "cancelled",
            400,
            400,
        )


def test_reactions_follow_in_small_portions_that_keep_nobody_waiting(asked, session, play, monkeypatch):
    monkeypatch.setattr("funnel.crm.imports.telling.AT_ONCE", 10)
    waiting = []
    count = text("SELECT count(*) FROM pending_facts")

    one = uploaded(session, many(35))
    imports.ask(session, one, "user 1", NOW, dry=False)
    session.commit()
    looked = play.pulse.look

    def look(session):
        waiting.append(session.scalar(count))
        return looked(session)

    monkeypatch.setattr(play.pulse, "look", look)
    for _ in range(10):
        play.turn()
        play.context.at += import_work.REST

    assert max(waiting) <= 20
    assert session.scalar(count) == 0
    assert session.scalars(select(Job.done).where(Job.kind == import_work.FOLLOW)).one() == 35
