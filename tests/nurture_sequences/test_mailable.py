"""Who may be mailed is counted by the rule that each mail is asked: both agree on whatever leads there are."""

import random
from collections import Counter
from datetime import timedelta

from funnel.crm import consents, mailable, suppressions
from nurture_sequences.permission import Candidate, Go, Sending, ask
from tests import factories
from tests.conftest import NOW

KEY = b"k" * 32
PURPOSES = ("email_marketing", "newsletter", "phone")
ACTIONS = ("granted", "denied", "withdrawn", "pending")


def somebody(session, chance):
    lead = factories.lead(session, agreed=False, demo=chance.random() < 0.1)
    for _ in range(chance.randrange(5)):
        factories.consent(session, lead, chance.choice(PURPOSES), chance.choice(ACTIONS))
    if chance.random() < 0.15:
        suppressions.suppress(session, lead.email, "complaint", NOW, KEY)
    return lead


def answer(session, lead, real):
    candidate = Candidate(
        marketing=True,
        enrollment_active=True,
        sequence_paused=False,
        readdressed=False,
        suppressed=lead.email in suppressions.suppressed(session, [lead.email], KEY),
        demo=lead.demo,
        refusal=consents.may_mail(consents.mail_state(session, [lead.id])[lead.id], None),
        opens_at=NOW - timedelta(hours=1),
        recent=(),
    )
    told = ask(Sending(None, None, real, None), candidate, NOW)
    return None if isinstance(told, Go) else told.reason


def test_the_count_and_the_rule_of_each_mail_agree(session):
    chance = random.Random(19)
    leads = [somebody(session, chance) for _ in range(400)]

    for real in (True, False):
        told = Counter(answer(session, lead, real) for lead in leads)
        assert mailable.counts(session, [lead.id for lead in leads], KEY, real=real) == told
        assert len(told) == (6 if real else 5)


def test_of_nobody_nobody_may_be_mailed(session):
    assert mailable.counts(session, [], KEY, real=True) == {}
