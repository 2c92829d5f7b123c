import pytest
from sqlalchemy import text

from funnel.crm import consents
from funnel.crm.consents import Proof, mail_state, may_mail
from funnel.models import Consent

PAGE = Proof("preferences")


@pytest.fixture
def lead_id(session, now):
    made = text("INSERT INTO leads (email, stage_since, created_at, updated_at) VALUES (:e, :n, :n, :n) RETURNING id")
    return session.scalar(made, {"e": "jane@example.com", "n": now})


def say(session, lead_id, now, **actions):
    for purpose, action in actions.items():
        consents.append(session, lead_id, action, [purpose], now, Proof("api"))


@pytest.mark.parametrize(
    ("state", "purpose", "reason"),
    [
        ({"newsletter": "granted"}, None, None),
        ({"newsletter": "granted"}, "newsletter", None),
        ({"newsletter": "granted"}, "offers", "no consent"),
        ({"newsletter": "withdrawn", "offers": "granted"}, None, None),
        ({"newsletter": "withdrawn", "offers": "granted"}, "newsletter", "unsubscribed"),
        ({"newsletter": "withdrawn"}, None, "unsubscribed"),
        ({"newsletter": "pending"}, None, "consent not confirmed"),
        ({"newsletter": "pending"}, "newsletter", "consent not confirmed"),
        ({"newsletter": "denied"}, None, "no consent"),
        ({}, None, "no consent"),
    ],
)
def test_mail_needs_a_granted_mail_purpose(state, purpose, reason):
    assert may_mail(state, purpose) == reason


def test_the_last_word_counts(session, lead_id, now):
    say(session, lead_id, now, newsletter="granted", offers="pending")
    say(session, lead_id, now, newsletter="withdrawn")

    assert consents.state(session, [lead_id, 0]) == {lead_id: {"newsletter": "withdrawn", "offers": "pending"}, 0: {}}


def test_withdrawing_everything_leaves_what_is_not_mail(session, lead_id, now):
    say(session, lead_id, now, newsletter="granted", offers="pending", phone="granted")

    changed = consents.withdraw(session, lead_id, None, now, proof=PAGE)

    assert changed == ["newsletter", "offers"]
    assert consents.state(session, [lead_id])[lead_id]["phone"] == "granted"
    assert session.info["hint"]


def test_an_unsubscribe_of_somebody_who_never_agreed_is_kept_too(session, lead_id, now):
    assert consents.withdraw(session, lead_id, None, now, proof=PAGE) == [consents.ANY_MAIL]

    assert may_mail(mail_state(session, [lead_id])[lead_id], None) == "unsubscribed"


def test_withdrawing_what_is_not_mail_is_no_unsubscribe(session, lead_id, now):
    say(session, lead_id, now, newsletter="granted", phone="granted")

    consents.withdraw(session, lead_id, ["phone"], now, proof=PAGE)

    assert session.scalars(text("SELECT kind FROM events")).all() == ["consent_withdrawn"]


@pytest.mark.parametrize("purpose", ["phone", "track_opens", "share_acme", "terms", "acceptTerms", "privacy-policy"])
def test_a_yes_to_something_else_permits_no_mail(session, lead_id, now, purpose):
    say(session, lead_id, now, **{purpose: "granted"})

    mine = mail_state(session, [lead_id])[lead_id]

    assert may_mail(mine, None) == may_mail(mine, purpose) == "no consent"
    assert consents.state(session, [lead_id]) == {lead_id: {purpose: "granted"}}


def test_what_a_yes_permits_stays_with_it_when_it_is_taken_back_and_given_again(session, lead_id, now):
    for purpose, permits in (("terms", True), ("offers", False)):
        given = {"lead_id": lead_id, "purpose": purpose, "action": "granted", "permits_mail": permits}
        session.add(Consent(channel="form", at=now, **given))
    session.flush()

    assert consents.withdraw(session, lead_id, None, now, proof=PAGE) == ["terms"]
    assert mail_state(session, [lead_id])[lead_id] == {"terms": "withdrawn"}

    say(session, lead_id, now, terms="granted", offers="granted")
    assert mail_state(session, [lead_id])[lead_id] == {"terms": "granted"}


def test_nobody_has_nothing_to_withdraw(session, now):
    assert consents.withdraw(session, 987_654, None, now, proof=PAGE) == []
