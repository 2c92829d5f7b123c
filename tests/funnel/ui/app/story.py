"""What the app shows in the tests: Lena, who came from an ad, and a crowd; told in real statements, not in mocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import forms, leads
from funnel.crm.facts import Fact, record
from funnel.crm.touches import Touched
from funnel.models import MailboxMail
from funnel.schemas.form import FormIn
from nurture_sequences import by_hand
from tests import factories

WORDING = "Send me the guide and four letters."
FORM = {
    "key": "guide",
    "name": "The guide",
    "fields": [{"key": "first_name", "label": "First name", "type": "text"}],
    "consents": [{"purpose": "email_marketing", "wording": WORDING, "required": True}],
}
CROWD = 60
#: more than one page of a timeline
OPENED = 55


def tell(session: Session, now: datetime) -> None:
    """Everything at once; Lena is the newest of all."""
    form = forms.create_form(session, FormIn().load(FORM), now)
    factories.sequence(session)
    for number in range(CROWD):
        at = now - timedelta(days=10, minutes=number)
        stage = "customer" if number < 2 else "subscriber"
        factories.lead(
            session, f"lead{number:02}@crowd.example", at=at, stage=stage, tags=["vip"] if number == 5 else []
        )
    omar = factories.lead(session, "omar@example.com", at=now - timedelta(days=3))
    opened = [Fact("message_opened", omar.id, now - timedelta(hours=n), {"step": f"letter {n}"}) for n in range(OPENED)]
    record(session, opened)
    stuck = by_hand.enroll(session, "welcome", now, lead_id=omar.id)
    session.execute(
        text("UPDATE enrollments SET held = 'error', reason = 'no such stage', due_at = 'infinity' WHERE id = :id"),
        {"id": stuck},
    )
    _lena(session, form.id, now)
    _mail(session, "lena@example.com", "Your guide, Lena", now, html=LETTER)
    _mail(session, "omar@example.com", "Only text", now - timedelta(hours=1), html=None)


#: as long as real ones
STOP = f"https://shop.example/u/{'x' * 60}"
TRACKER = "https://tracker.example/o.gif"
LETTER = (
    "<style>h1 { color: rgb(200, 0, 0) }</style><h1>Hello Lena</h1>"
    f"<img src='{TRACKER}' alt=''>"
    "<script>document.querySelector('h1').textContent = 'Scripts run'</script>"
    "<p><a href='/app/leads'>Read on</a></p>"
)


def _lena(session: Session, form_id: int, now: datetime) -> None:
    told = leads.Capture(
        submission_id=UUID(int=1),
        form_id=form_id,
        form_key="guide",
        form_version=1,
        email="lena@example.com",
        values={"first_name": "Lena"},
        agreed={"email_marketing": WORDING},
        touch=Touched(
            source="search", medium="cpc", click_ids={"gclid": "abc"}, page=f"https://shop.example/{'guide' * 20}"
        ),
        zone="Europe/Paris",
        ip="192.0.2.0/24",
    )
    lead_id = leads.capture(session.connection(), told, now)
    by_hand.enroll(session, "welcome", now, lead_id=lead_id)
    moved = {"from": "subscriber", "to": "lead", "sequence": "welcome"}
    record(session, [Fact("stage_changed", lead_id, now, moved), Fact("unsubscribed", lead_id, now, {"purposes": []})])


def _mail(session: Session, to: str, subject: str, at: datetime, html: str | None) -> None:
    session.add(
        MailboxMail(
            message_id=uuid4(),
            to=to,
            sender="Funnel <hello@funnel.example>",
            subject=subject,
            text=f"Plain words to {to}. Stop: <{STOP}>",
            html=html,
            headers={"List-Unsubscribe": "<https://x.example/u/1>"},
            at=at,
        )
    )
