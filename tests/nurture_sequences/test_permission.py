"""May this mail go? Every reason, and which of two reasons wins."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nurture_sequences.permission import Candidate, Go, Park, Sending, Skip, ask
from tests.conftest import NOW

OPEN = Sending(held=None, paused_until=None, real=True, cap_per_day=None)
MAIL = Candidate(
    marketing=True,
    enrollment_active=True,
    sequence_paused=False,
    suppressed=False,
    demo=False,
    readdressed=False,
    refusal=None,
    opens_at=NOW,
    recent=(),
)
LATER = NOW + timedelta(hours=2)
MORNING = NOW - timedelta(hours=3)


@pytest.mark.parametrize(
    ("sending", "mail", "answer"),
    [
        ({}, {}, Go()),
        ({}, {"suppressed": True}, Skip("suppressed")),
        ({}, {"refusal": "no consent"}, Skip("no consent")),
        ({}, {"refusal": "no consent", "marketing": False}, Go()),
        ({}, {"enrollment_active": False}, Skip("left the sequence")),
        ({}, {"demo": True}, Skip("demo lead")),
        ({}, {"readdressed": True}, Skip("address changed")),
        ({}, {"readdressed": True, "marketing": False}, Go()),
        ({"real": False}, {"demo": True}, Go()),
        ({"held": "moved"}, {}, Park(None, "sending held")),
        ({"held": "moved"}, {"marketing": False}, Park(None, "sending held")),
        ({"held": "moved"}, {"suppressed": True}, Skip("suppressed")),
        ({"paused_until": LATER}, {}, Park(LATER, "account paused")),
        ({"paused_until": MORNING}, {}, Go()),
        ({}, {"sequence_paused": True}, Park(None, "paused")),
        ({}, {"opens_at": LATER}, Park(LATER, "window closed")),
        ({}, {"opens_at": LATER, "marketing": False}, Go()),
        ({"cap_per_day": 2}, {"recent": (MORNING,)}, Go()),
        ({"cap_per_day": 1}, {"recent": (MORNING,)}, Park(MORNING + timedelta(days=1), "cap reached")),
        ({"cap_per_day": 2}, {"recent": (MORNING, NOW)}, Park(MORNING + timedelta(days=1), "cap reached")),
    ],
)
def test_the_answer_has_its_reason(sending, mail, answer):
    assert ask(replace(OPEN, **sending), replace(MAIL, **mail), NOW) == answer
