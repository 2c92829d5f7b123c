"""SendGrid tells what became of the mails: late, twice, in any order, and only when its signature is right."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event as listening
from sqlalchemy import select, text

from funnel.app import create_app
from funnel.clock import EngineClock
from funnel.crm import consents, suppressions
from funnel.models import Event, PendingFact, Suppression
from nurture_sequences import message_events, programs, provider_events, webhooks
from nurture_sequences.mailers import Unknown
from nurture_sequences.models import Enrollment, Message, MessageEvent, Version
from tests import factories
from tests.conftest import NOW
from tests.fakes.sendgrid.events import SIGNATURE, TIMESTAMP, Signer, event
from tests.playing import MovedContext, Play

PAYLOADS = Path(__file__).parent.parent / "payloads" / "sendgrid"
SIGNER = Signer()
URL = "/hooks/sendgrid/events"
#: when the events come in; what they tell happened before
LATER = NOW + timedelta(hours=2)


def door_of(context, key=SIGNER.public_key, at=LATER):
    settings = replace(context.settings, sendgrid_webhook_key=key)
    moved = MovedContext(settings, context.database, EngineClock(NOW, NOW), at=at)
    return create_app(settings, context=moved, blueprints=[webhooks.door]).test_client()


@pytest.fixture
def client(context):
    return door_of(context)


def post(client, events, signer=SIGNER, **headers):
    body = events if isinstance(events, bytes) else json.dumps(events).encode()
    return client.post(URL, data=body, headers=signer.headers(body) | headers)


def message(session, status="unknown", *, of=None, held="message", **values):
    """A message of an enrollment that waits for it, and its lead."""
    lead = of or factories.lead(session, "zoe@client.example")
    sequence = session.scalars(text("SELECT id FROM sequences")).first() or factories.sequence(session).id
    version = session.scalars(select(Version.id)).first()
    enrollment = Enrollment(
        sequence_id=sequence,
        version_id=version,
        lead_id=lead.id,
        step="hello",
        visit=1,
        entered_at=NOW,
        due_at=NOW + timedelta(days=900),
        held=held,
        started_at=NOW,
        cause_id=len(session.scalars(select(Enrollment.id)).all()),
        **({"status": "ended", "reason": "finished", "ended_at": NOW} if of else {}),
    )
    session.add(enrollment)
    session.flush()
    row = Message(
        id=uuid4(),
        occasion=f"visit:{enrollment.id}:1",
        address=lead.email,
        lead_id=lead.id,
        enrollment_id=enrollment.id,
        version_id=version,
        step="hello",
        purpose="marketing",
        status=status,
        due_at=NOW,
        claim=uuid4() if status == "sending" else None,
        send_by=NOW if status == "sending" else None,
        queued_at=NOW,
        **values,
    )
    session.add(row)
    session.commit()
    return row


def told(row, kind, minutes=5, **fields):
    """An event about this message, so many minutes after it was queued."""
    about = {"mid": str(row.id), "to": row.address, "categories": ["welcome"], "x_message_id": "a1"}
    return event(kind, about, (NOW + timedelta(minutes=minutes)).timestamp(), **fields)


def kinds(session):
    return session.scalars(select(Event.kind).order_by(Event.id)).all()


def reasons(session, context, address="zoe@client.example"):
    fingerprint = suppressions.fingerprint(address, context.settings.fingerprint_key)
    return session.scalars(select(Suppression.reason).where(Suppression.fingerprint == fingerprint)).all()


def test_without_a_key_the_door_says_what_is_missing(context):
    for key in (None, "no key"):
        response = post(door_of(context, key), [])

        assert response.status_code == 503
        assert "SENDGRID_WEBHOOK_KEY" in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {SIGNATURE: ""},
        {TIMESTAMP: ""},
        {TIMESTAMP: "1772445900"},
        {SIGNATURE: "bm8="},
        {SIGNATURE: "é"},
        {SIGNATURE: "a"},
    ],
)
def test_a_missing_or_wrong_signature_is_refused(client, session, headers):
    row = message(session)

    response = post(client, [told(row, "processed")], **headers)

    assert response.status_code == 403
    assert session.scalars(select(MessageEvent)).all() == []


def test_a_signature_of_another_key_or_another_body_is_refused(client):
    body = b"[]"

    assert post(client, body, Signer()).status_code == 403
    assert client.post(URL, data=b"[ ]", headers=SIGNER.headers(body)).status_code == 403
    assert post(client, b"\xff").status_code == 403


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'"x"', b"null", b'["\\ud800"]', b"[NaN]"])
def test_what_is_no_json_array_is_refused(client, body):
    assert post(client, body).status_code == 400


def test_a_post_of_a_megabyte_is_read_and_one_above_four_is_not(client):
    assert post(client, b"[" + b" " * 1_000_000 + b"]").status_code == 204
    assert post(client, b"[" + b" " * 4_200_000 + b"]").status_code == 413


@pytest.mark.parametrize("status", ["sending", "unknown", "queued"])
@pytest.mark.parametrize("kind", ["processed", "delivered", "deferred", "open", "click"])
def test_an_event_proves_that_the_mail_was_taken(client, session, status, kind):
    row = message(session, status)

    response = post(client, [told(row, kind)])

    session.expire_all()
    assert (response.status_code, response.data) == (204, b"")
    assert (row.status, row.provider, row.provider_id) == ("accepted", "sendgrid", "a1")
    assert row.settled_at == NOW + timedelta(minutes=5)
    assert row.send_by is None
    enrollment = session.get(Enrollment, row.enrollment_id)
    assert (enrollment.held, enrollment.due_at) == (None, LATER)
    assert kinds(session) == ["message_accepted"]


def test_a_settled_message_keeps_its_end(client, session):
    row = message(session, "accepted", settled_at=NOW, provider_id="first")

    post(client, [told(row, "processed"), told(row, "delivered", 6)])

    session.expire_all()
    assert (row.status, row.settled_at, row.provider_id) == ("accepted", NOW, "first")
    assert row.delivered_at == NOW + timedelta(minutes=6)
    assert kinds(session) == []
    assert session.get(Enrollment, row.enrollment_id).held == "message"


def test_events_in_any_order_and_twice_end_the_same(client, session):
    orders = list(permutations(["processed", "delivered", "open"]))
    rows = [message(session, of=factories.lead(session)) for _ in orders]

    for row, order in zip(rows, orders, strict=True):
        minutes = {"processed": 1, "delivered": 2, "open": 3}
        for kind in order:
            post(client, [told(row, kind, minutes[kind])] * 2)

    session.expire_all()
    assert {(row.status, row.delivered_at) for row in rows} == {("accepted", NOW + timedelta(minutes=2))}
    assert kinds(session) == ["message_accepted"] * len(rows)
    assert len(session.scalars(select(MessageEvent)).all()) == 3 * len(rows)


def test_a_dropped_mail_is_refused_and_its_enrollment_wakes(client, session, context):
    row = message(session)

    post(client, [told(row, "dropped", reason="Spam Content")])

    session.expire_all()
    assert (row.status, row.reason) == ("refused", "dropped: Spam Content")
    assert session.get(Enrollment, row.enrollment_id).held is None
    assert kinds(session) == ["message_refused"]
    assert reasons(session, context) == []


@pytest.mark.parametrize(
    ("kind", "fields", "reason", "fact"),
    [
        ("bounce", {}, "hard_bounce", "bounced"),
        ("bounce", {"bounce_classification": None, "status": "5.1.2"}, "hard_bounce", "bounced"),
        ("spamreport", {}, "complaint", "complained"),
        ("dropped", {"reason": "Bounced Address"}, "hard_bounce", "bounced"),
        ("dropped", {"reason": "Spam Reporting Address"}, "complaint", "complained"),
    ],
)
def test_an_address_that_is_gone_or_complains_is_never_mailed_again(
    client, session, context, kind, fields, reason, fact
):
    row = message(session, "accepted", settled_at=NOW)

    post(client, [told(row, kind, **fields)])
    post(client, [told(row, kind, **fields)])

    assert reasons(session, context) == [reason]
    assert kinds(session) == [fact]
    assert session.scalars(select(PendingFact.lead_id)).all() == [row.lead_id]
    (data,) = session.scalars(select(Event.data)).all()
    assert "@" not in json.dumps(data)


def test_bounce_and_complaint_are_stamped_once(client, session):
    row = message(session, "accepted", settled_at=NOW)

    post(client, [told(row, "bounce", 3), told(row, "spamreport", 4)])
    post(client, [told(row, "bounce", 9, sg_event_id="another")])

    session.expire_all()
    assert (row.bounced_at, row.complained_at) == (NOW + timedelta(minutes=3), NOW + timedelta(minutes=4))


SOFT = {"bounce_classification": "Mailbox Unavailable", "status": "4.2.2"}


def bounced_softly(client, session, lead, times, start=1, **fields):
    for number in range(start, start + times):
        row = message(session, "accepted", of=lead, settled_at=NOW)
        post(client, [told(row, "bounce", number, **SOFT | fields)])


def test_the_third_soft_bounce_in_a_row_gives_the_address_up(client, session, context):
    lead = factories.lead(session, "zoe@client.example")

    bounced_softly(client, session, lead, 2)
    assert reasons(session, context) == []
    bounced_softly(client, session, lead, 1, 3, type="blocked")

    assert reasons(session, context) == ["soft_bounces"]
    assert kinds(session) == ["soft_bounced", "soft_bounced", "bounced"]


def test_a_delivery_between_starts_the_count_anew(client, session, context):
    lead = factories.lead(session, "zoe@client.example")

    bounced_softly(client, session, lead, 2)
    post(client, [told(message(session, "accepted", of=lead, settled_at=NOW), "delivered", 3)])
    bounced_softly(client, session, lead, 2, 4)

    assert reasons(session, context) == []


@pytest.mark.parametrize("fault", ["Reputation", "Content", "Frequency or Volume Too High"])
def test_a_fault_of_the_sender_is_not_held_against_the_address(client, session, context, fault):
    lead = factories.lead(session, "zoe@client.example")

    bounced_softly(client, session, lead, 4, bounce_classification=fault)

    assert reasons(session, context) == []
    assert kinds(session) == []


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("unsubscribe", {}), ("group_unsubscribe", {"asm_group_id": 3}), ("dropped", {"reason": "Unsubscribed Address"})],
)
def test_an_unsubscribe_at_the_provider_withdraws_consent(client, session, kind, fields):
    row = message(session, "accepted", settled_at=NOW)

    post(client, [told(row, kind, **fields)])

    assert consents.state(session, [row.lead_id]) == {row.lead_id: {"email_marketing": "withdrawn"}}
    assert kinds(session) == ["unsubscribed"]


def test_a_mail_redirected_for_staging_says_nothing_about_the_address_it_was_meant_for(client, session, context):
    row = message(session)

    post(client, [told(row, "bounce", email="staging@company.example")])

    session.expire_all()
    assert row.status == "accepted"
    assert reasons(session, context) == reasons(session, context, "staging@company.example") == []


def test_a_recorded_post_is_kept_without_anything_personal(client, session):
    body = (PAYLOADS / "bounce-and-machine-open.json").read_bytes()

    assert post(client, body).status_code == 204

    kept = session.scalars(select(MessageEvent).order_by(MessageEvent.kind)).all()
    assert [row.kind for row in kept] == ["bounce", "open"]
    assert {row.message_id for row in kept} == {UUID("0192f3c4-7b7e-7c50-9d5e-1f0c2a7d9e11")}
    assert kept[0].data["bounce_classification"] == "Invalid Address"
    assert kept[0].data["reason"] == "550 5.1.1 <(address)> no such user"
    assert kept[1].data == {"sg_machine_open": True, "sg_message_id": "a1.recvd-7f-1-0.0"}


def test_account_events_unknown_kinds_and_foreign_mails_are_kept_and_change_nothing(client, session):
    body = (PAYLOADS / "account-and-unknown.json").read_bytes()

    assert post(client, body).status_code == post(client, body).status_code == 204

    kept = {row.kind: row for row in session.scalars(select(MessageEvent))}
    assert sorted(kept) == ["account_status_change", "click", "delivered", "quantum_read"]
    assert kept["account_status_change"].message_id is kept["quantum_read"].message_id is None
    assert kept["quantum_read"].data == {"nested": {"said": "to (address)", "list": [{}]}}
    assert kept["click"].data == {"url": "https://client.example/offer"}
    assert kept["delivered"].at == LATER
    assert kinds(session) == []


def test_an_event_from_the_future_happened_now(client, session):
    row = message(session)

    post(client, [told(row, "processed", 60 * 24 * 365)])

    session.expire_all()
    assert row.settled_at == LATER


def test_events_are_told_in_engine_time(context, session):
    row = message(session)
    settings = replace(context.settings, sendgrid_webhook_key=SIGNER.public_key)
    moved = MovedContext(settings, context.database, EngineClock(NOW, NOW, 100), at=LATER)
    client = create_app(settings, context=moved, blueprints=[webhooks.door]).test_client()

    post(client, [told(row, "processed", 6)])

    session.expire_all()
    assert row.settled_at == NOW + timedelta(minutes=600)


def test_a_batch_of_a_thousand_is_a_handful_of_statements(context, session):
    first = message(session)
    session.execute(
        text("""
            INSERT INTO leads (email, stage_since, created_at, updated_at)
            SELECT 'l' || n || '@client.example', :now, :now, :now FROM generate_series(1, 999) n
        """),
        {"now": NOW},
    )
    session.execute(
        text("""
            INSERT INTO messages
                   (id, occasion, address, lead_id, version_id, step, purpose, status, due_at, queued_at)
            SELECT gen_random_uuid(), 'one:' || id, email, id, :version, 'hello', 'marketing', 'unknown', :now, :now
              FROM leads WHERE email LIKE 'l%'
        """),
        {"now": NOW, "version": first.version_id},
    )
    session.commit()
    client = door_of(context)
    # The database may return rows in any order, and only the first five hundred are told about.
    rows = [first, *session.scalars(select(Message).where(Message.id != first.id))]
    statements = []
    note = lambda *arguments: statements.append(arguments[2])  # noqa: E731
    listening.listen(context.database.bind, "before_cursor_execute", note)

    response = post(client, [told(row, kind) for row in rows for kind in ("processed", "delivered")][:1000])

    listening.remove(context.database.bind, "before_cursor_execute", note)
    assert response.status_code == 204
    assert len([one for one in statements if "SAVEPOINT" not in one]) <= 12
    session.expire_all()
    assert first.status == "accepted"


def test_a_mail_in_doubt_is_settled_by_its_event_and_the_sequence_goes_on(context, session):
    programs.forget()
    factories.sequence(session)
    lena = factories.lead(session, "lena@example.com")
    factories.submitted(session, lena)
    session.commit()
    play = Play(context)
    play.outbox.answer = lambda email: Unknown("reset")
    play.turn()
    row = session.scalars(select(Message)).one()
    assert row.status == "unknown"

    post(door_of(context, at=NOW + timedelta(minutes=6)), [told(row, "processed", 5)])
    play.after(days=3)
    play.engine.close()

    session.expire_all()
    first, second = session.scalars(select(Message).order_by(Message.queued_at)).all()
    assert (first.status, second.status) == ("accepted", "unknown")
    assert second.queued_at - first.settled_at >= timedelta(days=2)


def test_the_same_events_posted_by_many_at_once_take_effect_once(committed):
    with committed.database.transaction() as session:
        rows = [message(session, of=factories.lead(session)) for _ in range(20)]
        key = committed.settings.fingerprint_key
    posted = [told(row, kind) for row in rows for kind in ("processed", "bounce")]
    failures = []

    def work(events):
        try:
            read = provider_events.read(events, committed.clock.now, LATER)
            with committed.database.transaction() as session:
                message_events.record(session, read, LATER, key)
        except Exception as error:  # told by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(posted[:: (-1) ** number],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with committed.database.transaction() as session:
        told_facts = sorted(kinds(session))
        kept = len(session.scalars(select(MessageEvent)).all())
    assert failures == []
    assert told_facts == ["bounced"] * 20 + ["message_accepted"] * 20
    assert kept == 40
