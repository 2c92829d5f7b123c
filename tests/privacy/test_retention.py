"""Personal data is kept as long as the policy says, and nothing is deleted before somebody has said yes to it."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from funnel.crm import audit, retention
from funnel.crm.facts import Fact, record
from funnel.models import Submission
from tests import factories
from tests.conftest import NOW
from tests.privacy.conftest import Service

POLICY = {
    "leads_months": 36,
    "except_stages": ["customer"],
    "unconfirmed_days": 30,
    "spam_days": 90,
    "audit_months": 24,
}
LONG_AGO = NOW - timedelta(days=4 * 365)
RECENTLY = NOW - timedelta(days=40)


@pytest.fixture
def old(service: Service):
    """A lead of four years ago, with facts."""

    def make(email, *facts, at=LONG_AGO, **columns):
        with service.context.database.transaction() as session:
            lead = factories.lead(session, email, at=at, **columns)
            record(session, [Fact(kind, lead.id, when) for kind, when in facts])
            session.execute(text("DELETE FROM pending_facts"))
            return lead.id

    return make


def preview(service):
    job = service.api("POST", "/privacy/retention/preview")
    assert job.status_code == 202, job.json
    service.play.turn()
    done = service.api("GET", f"/jobs/{job.json['id']}").json
    assert (done["status"], done["reason"]) == ("done", None)
    lines = service.api("GET", f"/privacy/retention/preview/{done['id']}.csv").text
    return done["result"], list(csv.DictReader(io.StringIO(lines)))


def confirm(service):
    revision = service.api("GET", "/privacy/retention").json["revision"]
    assert service.api("POST", "/privacy/retention/confirm", json={"revision": revision}).status_code == 200


def run(service):
    with service.context.database.transaction() as session:
        job = retention.ask_daily(session, service.context.wall())
    service.play.turn()
    return job


def left(service):
    return {row[0] for row in service.rows("SELECT split_part(email, '@', 1) FROM leads")}


def test_whom_the_policy_would_forget_is_counted_and_listed_by_number_before_anything_goes(service, old):
    gone = old("gone@x.example", ("form_submitted", LONG_AGO))
    old("back@x.example", ("form_submitted", LONG_AGO), ("message_clicked", NOW - timedelta(days=9)))
    old("new@x.example", at=RECENTLY)

    result, lines = preview(service)

    assert result == {"no_contact": 1, "spam": 0, "audit": 0, "file": result["file"]}
    assert lines == [{"lead_id": str(gone), "last_contact_at": LONG_AGO.isoformat(), "why": "no_contact"}]
    assert left(service) == {"gone", "back", "new"}


@pytest.mark.parametrize("kind", retention.CONTACTS)
def test_each_kind_of_contact_keeps_a_lead(service, old, kind):
    old("kept@x.example", (kind, NOW - timedelta(days=365)))

    assert "no_contact" not in preview(service)[0]


@pytest.mark.parametrize("kind", ["message_opened", "message_accepted", "unsubscribed", "stage_changed", "tagged"])
def test_what_is_no_contact_from_the_lead_does_not(service, old, kind):
    old("gone@x.example", (kind, NOW - timedelta(days=1)))

    assert preview(service)[0]["no_contact"] == 1


def test_the_day_counts_exactly(service, old):
    edge = retention.months_before(NOW, 36)
    old("before@x.example", ("form_submitted", edge - timedelta(seconds=1)))
    old("after@x.example", ("form_submitted", edge))

    assert preview(service)[0]["no_contact"] == 1


def test_nothing_is_deleted_until_somebody_has_said_yes(service, old):
    old("gone@x.example")

    assert run(service) is None
    assert left(service) == {"gone"}

    confirm(service)
    assert run(service) is not None
    assert left(service) == set()
    [erasure] = service.api("GET", "/privacy/erasures").json["items"]
    assert (erasure["reason"], erasure["erased_by"], erasure["suppressed"]) == ("retention", "system", False)


def test_a_changed_policy_needs_a_new_yes_and_a_yes_is_to_what_was_seen(service, old):
    old("gone@x.example")
    confirm(service)
    changed = service.api("PUT", "/privacy/retention", json=POLICY | {"spam_days": 7}).json

    assert changed["confirmed_at"] is None
    assert run(service) is None
    stale = service.api("POST", "/privacy/retention/confirm", json={"revision": changed["revision"] - 1})
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert left(service) == {"gone"}


def test_a_run_under_way_stops_when_the_policy_changes(service, old):
    old("gone@x.example")
    confirm(service)
    with service.context.database.transaction() as session:
        job = retention.ask_daily(session, service.context.wall())
    service.api("PUT", "/privacy/retention", json=POLICY)
    service.play.turn()

    assert service.rows("SELECT status, reason FROM jobs WHERE id = :id", id=job.id) == [("failed", "policy changed")]
    assert left(service) == {"gone"}


def test_leads_on_the_stages_that_stay_stay(service, old):
    old("customer@x.example", stage="customer")
    old("lead@x.example", stage="lead")
    confirm(service)
    run(service)

    assert left(service) == {"customer"}


def test_who_was_asked_to_confirm_and_never_did_goes_after_a_month(service, old):
    def asked(name, *actions, when=RECENTLY, facts=()):
        lead = old(f"{name}@x.example", ("form_submitted", when), *facts, at=when, agreed=False)
        with service.context.database.transaction() as session:
            of = session.get(factories.Lead, lead)
            for action in actions:
                factories.consent(session, of, action=action, at=when)

    asked("never", "pending")
    asked("yes", "pending", "granted")
    asked("yesterday", "pending", when=NOW - timedelta(days=1))
    asked("again", "pending", facts=[("form_submitted", NOW - timedelta(days=2))])
    asked("unasked")

    assert preview(service)[0]["unconfirmed"] == 1
    confirm(service)
    run(service)
    assert left(service) == {"yes", "yesterday", "again", "unasked"}


def test_spam_and_old_entries_of_the_audit_log_go(service):
    with service.context.database.transaction() as session:
        form = session.scalar(text("SELECT id FROM forms"))
        for days in (89, 91):
            session.add(
                Submission(
                    id=uuid4(),
                    form_id=form,
                    form_version=1,
                    values={"email": "a@x.example"},
                    outcome="spam",
                    reason="honeypot",
                    at=NOW - timedelta(days=days),
                )
            )
        for years in (1, 3):
            audit.note(session, "user 1", "move_lead", "leads/1", NOW - timedelta(days=365 * years))

    assert preview(service)[0] | {"file": ""} == {"spam": 1, "audit": 1, "file": ""}
    confirm(service)
    run(service)
    assert service.one("SELECT count(*) FROM submissions") == 1
    assert service.rows("SELECT at FROM audit WHERE action = 'move_lead'") == [(NOW - timedelta(days=365),)]


def test_it_runs_once_a_day_whoever_asks(service):
    confirm(service)

    with service.context.database.transaction() as session:
        wall = service.context.wall()
        asked = [retention.ask_daily(session, wall + timedelta(hours=hours)) for hours in (0, 1, 23, 25)]

    assert [job is not None for job in asked] == [True, False, False, True]


def test_more_leads_than_fit_into_one_bite_go_in_several(service, old, monkeypatch):
    monkeypatch.setattr("funnel.retention_work.LOOKED_AT", 4)
    monkeypatch.setattr("funnel.retention_work.ERASED", 2)
    for number in range(11):
        old(f"gone{number}@x.example")
    old("kept@x.example", at=RECENTLY)

    result, lines = preview(service)
    assert (result["no_contact"], len(lines)) == (11, 11)
    confirm(service)
    job = run(service)

    assert left(service) == {"kept"}
    assert service.one("SELECT result ->> 'no_contact' FROM jobs WHERE id = :id", id=job.id) == "11"


def test_a_call_that_nobody_here_could_see_counts_as_a_contact(service, old):
    lead = old("called@x.example")
    assert service.api("POST", f"/leads/{lead}/contact", json={}).status_code == 204
    assert service.api("POST", "/leads/4711/contact", json={}).status_code == 404

    assert "no_contact" not in preview(service)[0]
    assert service.rows("SELECT kind, at FROM events WHERE lead_id = :lead", lead=lead) == [
        ("contacted", service.context.now())
    ]


@pytest.mark.parametrize(
    "part", [{"leads_months": 0}, {"spam_days": -1}, {"except_stages": ["nowhere"]}, {"audit_months": "x"}, {"more": 1}]
)
def test_a_policy_that_makes_no_sense_is_refused(service, part):
    assert service.api("PUT", "/privacy/retention", json=POLICY | part).status_code == 422


def test_for_ever_is_a_policy_too(service, old):
    old("kept@x.example")
    forever = dict.fromkeys(POLICY, None) | {"except_stages": []}
    assert service.api("PUT", "/privacy/retention", json=forever).status_code == 200

    assert preview(service)[0] | {"file": ""} == {"spam": 0, "audit": 0, "file": ""}


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        (datetime(2026, 3, 31, tzinfo=UTC), 1, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), 12, datetime(2023, 2, 28, tzinfo=UTC)),
        (datetime(2026, 1, 15, tzinfo=UTC), 36, datetime(2023, 1, 15, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), 12, datetime(2025, 12, 1, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_the_calendar(now, months, then):
    assert retention.months_before(now, months) == then
