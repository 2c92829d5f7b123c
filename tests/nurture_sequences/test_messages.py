"""Mail leaves: claimed, sent, recorded; and what each of the four outcomes does to a lead."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from funnel import links
from funnel.crm import installation, suppressions
from funnel.models import Event
from nurture_sequences import enrollments, reactions, service_mail
from nurture_sequences.mailers import Accepted, Refused, Unavailable, Unknown
from nurture_sequences.models import Enrollment, Message
from nurture_sequences.postings import Postings
from tests import factories
from tests.conftest import NOW

FRESH = {"populate_existing": True}


@pytest.fixture
def lena(session):
    factories.sequence(session)
    lena = factories.lead(session, "lena@example.com", fields={"first_name": "Lena"})
    factories.submitted(session, lena)
    session.commit()
    return lena


def first(session):
    return session.scalars(select(Message).order_by(Message.queued_at, Message.id), execution_options=FRESH).first()


def test_a_mail_carries_the_words_the_lead_and_the_way_out(play, lena):
    play.turn()

    (email,) = play.outbox.sent
    assert (email.to, email.subject, email.category) == ("lena@example.com", "Hello Lena", "welcome")
    assert email.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = email.headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("http://127.0.0.1:8000/u/")
    assert link in email.text


def test_an_accepted_mail_settles_and_the_next_wait_counts_from_it(play, session, lena):
    play.turn()

    message = first(session)
    assert (message.status, message.provider, message.settled_at) == ("accepted", "outbox", NOW)
    enrollment = session.scalars(select(Enrollment), execution_options=FRESH).one()
    assert (enrollment.step, enrollment.due_at) == ("breathe", NOW + timedelta(days=2))


def test_what_the_provider_said_is_kept_even_when_the_lead_cannot_go_on(play, session, lena):
    """The next step is written in the same transaction; a row that the database refuses must not take the outcome
    along, or the mail would be in doubt and perhaps sent again."""
    session.execute(text("ALTER TABLE visits ADD CONSTRAINT never CHECK (step <> 'hello') NOT VALID"))
    session.commit()

    play.turn()

    message = first(session)
    assert (message.status, len(play.outbox.sent)) == ("accepted", 1)
    enrollment = session.scalars(select(Enrollment), execution_options=FRESH).one()
    assert (enrollment.step, enrollment.held, enrollment.reason) == ("hello", "error", "IntegrityError")


def test_a_refused_mail_fails_with_its_reason_and_holds_the_lead(play, session, lena):
    play.outbox.answer = lambda email: Refused("no such user", "550")
    play.after(days=3)

    message = first(session)
    assert (message.status, message.reason) == ("refused", "no such user")
    assert session.scalars(select(Enrollment), execution_options=FRESH).one().held == "failed"


def test_a_mail_not_taken_is_tried_again_later_and_later(play, session, lena):
    tries = []
    play.outbox.answer = lambda email: tries.append(play.context.at) or Unavailable("503", None, account_wide=False)
    play.until(NOW + timedelta(minutes=5), step=timedelta(seconds=1))

    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert len(tries) >= 5
    assert gaps == sorted(gaps)
    assert first(session).status == "queued"


def test_a_mail_never_taken_is_given_up_with_its_reason(play, session, lena):
    play.outbox.answer = lambda email: Unavailable("503", None, account_wide=False)
    play.after(days=3)

    message = first(session)
    assert (message.status, message.reason) == ("refused", "not taken in 20 tries")


def test_a_paused_account_burns_no_tries_and_sends_everything_once_afterwards(play, session, lena):
    play.outbox.answer = lambda email: Unavailable("401 bad key", 600, account_wide=True)
    play.until(NOW + timedelta(minutes=9), step=timedelta(minutes=1))
    message = first(session)
    assert (message.status, message.attempts, message.reason) == ("queued", 0, "401 bad key")
    assert installation.read(session).paused_reason == "401 bad key"

    play.outbox.answer = lambda email: Accepted("x-1")
    play.after(hours=1)

    assert play.outbox.subjects() == ["Hello Lena"]


def test_an_unknown_mail_is_never_repeated_blindly(play, session, lena):
    play.outbox.answer = lambda email: Unknown("reset")
    play.after(days=3)

    message = first(session)
    assert (message.status, message.held, message.attempts) == ("unknown", "unknown", 1)
    enrollment = session.scalars(select(Enrollment), execution_options=FRESH).one()
    assert (enrollment.status, enrollment.step, enrollment.held) == ("active", "hello", "message")


def test_a_sequence_may_choose_to_send_an_unknown_mail_again_under_the_same_id(play, session):
    factories.sequence(session, {**factories.WELCOME, "on_unknown": "resend"})
    factories.submitted(session, factories.lead(session))
    session.commit()
    tried = []
    play.outbox.answer = lambda email: tried.append(email.message_id) or (Accepted(None) if tried[1:] else Unknown("?"))

    play.after(hours=1)

    assert len(tried) == 2
    assert len(set(tried)) == 1
    assert first(session).status == "accepted"


def test_a_confirmation_in_doubt_is_sent_again_since_somebody_waits_for_it(play, session):
    submission = "0192f3c4-7b7e-7c50-9d5e-1f0c2a7d9e11"
    factories.submitted(session, factories.lead(session, agreed=False), double_opt_in=True, submission=submission)
    session.commit()
    tried = []
    play.outbox.answer = lambda email: tried.append(email) or (Accepted(None) if tried[1:] else Unknown("?"))

    play.after(hours=1)

    assert len(tried) == 2


def test_held_sending_keeps_every_mail_and_opening_it_lets_them_go(play, session, lena):
    installation.hold_sending(session, "a person stopped it")
    session.commit()
    play.after(days=9)
    assert play.outbox.sent == []

    installation.open_sending(session, play.context.settings, NOW)
    session.commit()
    play.after(hours=1)

    assert play.outbox.subjects() == ["Hello Lena"]


def test_a_suppressed_address_gets_nothing(play, session, lena):
    suppressions.suppress(session, "Lena@Example.com", "complaint", NOW, play.context.settings.fingerprint_key)
    session.commit()

    play.after(days=5)

    assert play.outbox.sent == []
    assert first(session).reason == "suppressed"


def test_the_cap_delays_what_is_over_it(play, session, lena):
    play.context.settings = replace(play.context.settings, mail_cap_per_day=1)
    factories.sequence(session, {**factories.WELCOME, "key": "other"})
    factories.submitted(session, lena)
    session.commit()

    play.turn()
    assert len(play.outbox.sent) == 1
    play.after(hours=23)
    assert len(play.outbox.sent) == 1
    play.after(hours=2)

    assert len(play.outbox.sent) == 2


def test_a_closed_window_keeps_the_mail_until_it_opens(play, session):
    window = {"days": "mon-fri", "from": "14:00", "to": "15:00", "zone": "UTC"}
    factories.sequence(session, {**factories.WELCOME, "window": window})
    factories.submitted(session, factories.lead(session))
    session.commit()

    play.until(NOW.replace(hour=13, minute=59))
    assert play.outbox.sent == []
    play.until(NOW.replace(hour=14, minute=1))

    assert [email.at.hour for email in play.outbox.sent] == [14]


def test_staging_redirects_every_mail_to_one_address(play, lena):
    play.context.settings = replace(play.context.settings, mail_redirect_to="staging@example.org")
    play.turn()

    (email,) = play.outbox.sent
    assert (email.to, email.headers["X-Original-To"]) == ("staging@example.org", "lena@example.com")


def test_a_demo_lead_never_reaches_a_real_provider(play, session):
    factories.sequence(session)
    factories.submitted(session, factories.lead(session, demo=True))
    session.commit()

    play.after(days=5)

    assert play.outbox.sent == []


def test_a_stop_gives_back_what_was_not_sent(play, session):
    factories.sequence(session)
    for _ in range(5):
        factories.submitted(session, factories.lead(session))
    session.commit()

    def one_then_stop(email):
        play.engine.stopping.set()
        return Accepted(None)

    play.outbox.answer = one_then_stop
    play.turn_until_stopped()

    statuses = session.execute(text("SELECT status, count(*) FROM messages GROUP BY 1")).all()
    assert dict(statuses) == {"accepted": 1, "queued": 4}
    play.engine.stopping.clear()
    play.outbox.answer = lambda email: Accepted(None)
    play.turn()
    assert len(play.outbox.sent) == 5


def test_a_mail_that_cannot_be_claimed_is_set_aside_alone(play, session, lena):
    omar = factories.lead(session)
    factories.submitted(session, omar)
    session.commit()
    play.context.at = NOW
    with play.context.database.transaction() as transaction:
        for lead in (lena, omar):
            reactions.react(transaction, [lead.id], NOW)
        enrollments.advance(transaction, transaction.scalars(select(Enrollment.id)).all(), NOW)
        transaction.execute(
            text(
                "INSERT INTO versions (sequence_id, number, document, published_at) "
                "SELECT id, 2, '{\"steps\": 7}', now() FROM sequences"
            )
        )
        transaction.execute(
            text("UPDATE messages SET version_id = (SELECT max(id) FROM versions) WHERE lead_id = :lead"),
            {"lead": lena.id},
        )

    play.turn()

    assert [email.to for email in play.outbox.sent] == [omar.email]
    (aside,) = session.scalars(select(Message).where(Message.held == "error"), execution_options=FRESH).all()
    assert aside.lead_id == lena.id
    assert aside.reason


def test_a_confirmation_is_service_mail_that_needs_no_consent(play, session):
    lena = factories.lead(session, agreed=False)
    submission = "0192f3c4-7b7e-7c50-9d5e-1f0c2a7d9e11"
    factories.submitted(session, lena, double_opt_in=True, submission=submission)
    session.commit()

    play.turn()
    play.turn()

    (email,) = play.outbox.sent
    assert "/c/" in email.text
    assert "List-Unsubscribe" not in email.headers


def test_a_place_that_takes_no_notes_is_no_fault_of_the_mails(play, session, lena, tmp_path):
    (tmp_path / "full").write_text("")
    play.engine.postings = Postings(tmp_path / "full")

    with pytest.raises(OSError, match="full"):
        play.turn()

    assert (first(session).status, first(session).held) == ("queued", None)


def test_a_mail_on_the_wire_counts_under_the_cap_however_long_it_was_queued(play, session, lena):
    play.context.settings = replace(play.context.settings, mail_cap_per_day=1)
    play.turn()
    session.execute(
        text("UPDATE messages SET status = 'sending', send_by = :by, settled_at = NULL, queued_at = :long_ago"),
        {"by": NOW + timedelta(seconds=30), "long_ago": NOW - timedelta(days=2)},
    )
    factories.sequence(session, {**factories.WELCOME, "key": "other"})
    factories.submitted(session, lena)
    session.commit()

    play.turn()

    assert len(play.outbox.sent) == 1


def test_nobody_is_flooded_with_confirmations_that_strangers_ask_for(play, session):
    lena, omar = factories.lead(session, agreed=False), factories.lead(session, agreed=False)
    for number in range(8):
        factories.submitted(
            session, lena, double_opt_in=True, submission=f"0192f3c4-7b7e-7c50-9d5e-1f0c2a7d9e1{number}"
        )
    factories.submitted(session, omar, double_opt_in=True, submission="0192f3c4-7b7e-7c50-9d5e-1f0c2a7d9e20")
    session.commit()

    play.turn()
    play.turn()

    assert Counter(email.to for email in play.outbox.sent) == {lena.email: 5, omar.email: 1}
    told = select(Event.data["why"].astext).where(Event.kind == "message_skipped", Event.lead_id == lena.id)
    assert session.scalars(told).all() == ["too many confirmations in a day"] * 3

    factories.submitted(session, lena, double_opt_in=True, submission="0192f3c4-7b7e-7c50-9d5e-1f0c2a7d9e30")
    session.commit()
    play.context.at += timedelta(days=1, minutes=1)
    play.turn()
    play.turn()
    assert len(play.outbox.sent) == 7


@pytest.mark.parametrize(
    ("kind", "language", "word"), [("invitation", "en", "invited"), ("reset", "fr", "mot de passe")]
)
def test_a_colleague_is_sent_a_link_that_stands_nowhere_but_in_the_mail(play, session, kind, language, word):
    link = uuid4()
    service_mail.queue_link(session, link, kind, "omar@funnel.example", language, NOW)
    session.commit()

    play.turn()

    (email,) = play.outbox.sent
    assert (email.to, email.headers["Auto-Submitted"]) == ("omar@funnel.example", "auto-generated")
    assert word in email.subject + email.text
    token = re.search(r"/app/join/(\S+)", email.text)[1]
    assert links.read_user_link(play.context.settings.secret_keys, token) == link
    assert first(session).status == "accepted"
