"""What is kept about a lead: consents with their proof, touches, submissions."""

from datetime import timedelta
from uuid import UUID

import pytest

from funnel.crm import forms
from funnel.models import Consent, Submission, Touch
from funnel.schemas.form import FormIn
from tests import factories

FORM = {"key": "guide", "name": "Guide", "fields": [{"key": "seats", "label": "Seats", "type": "number"}]}
KINDS = ["consents", "touches", "submissions"]


@pytest.fixture
def lena(context, now):
    """Somebody who came twice: from an ad, then from a letter."""
    with context.database.transaction() as session:
        form = forms.create_form(session, FormIn().load(FORM), now)
        lead = factories.lead(session, "lena@example.com", agreed=False)
        for day, (source, action) in enumerate([("ad", "granted"), ("letter", "withdrawn")]):
            at, number = now + timedelta(days=day), UUID(int=day + 1)
            proof = {"channel": "form", "form_id": form.id, "form_version": 1, "ip": "192.0.2.0/24"}
            session.add(
                Submission(
                    id=number,
                    form_id=form.id,
                    form_version=1,
                    lead_id=lead.id,
                    values={"seats": day},
                    outcome="accepted",
                    at=at,
                )
            )
            session.add(Touch(lead_id=lead.id, submission_id=number, source=source, at=at))
            session.add(
                Consent(lead_id=lead.id, purpose="letters", action=action, wording="Write to me.", at=at, **proof)
            )
        return lead.id


def test_consents_are_told_with_wording_and_proof_newest_first(api, lena):
    newest, oldest = api("GET", f"/leads/{lena}/consents").json["items"]

    assert (newest["action"], oldest["action"]) == ("withdrawn", "granted")
    assert oldest == {
        "purpose": "letters",
        "action": "granted",
        "permits_mail": False,
        "wording": "Write to me.",
        "channel": "form",
        "form": "guide",
        "form_version": 1,
        "page": None,
        "locale": None,
        "ip": "192.0.2.0/24",
        "user_agent": None,
        "at": "2026-03-02T10:00:00+00:00",
    }


def test_touches_tell_the_first_one_on_every_page(api, lena):
    page = api("GET", f"/leads/{lena}/touches?limit=1").json
    following = api("GET", f"/leads/{lena}/touches?limit=1&cursor={page['next_cursor']}").json

    assert [page["first"]["source"], page["items"][0]["source"]] == ["ad", "letter"]
    assert [following["first"]["source"], following["items"][0]["source"]] == ["ad", "ad"]
    assert following["next_cursor"] is None


def test_submissions_tell_what_was_filled_in(api, lena):
    newest, oldest = api("GET", f"/leads/{lena}/submissions").json["items"]

    assert (newest["values"], oldest["values"]) == ({"seats": 1}, {"seats": 0})
    assert (oldest["form"], oldest["outcome"], oldest["id"]) == ("guide", "accepted", str(UUID(int=1)))
    assert len(api("GET", f"/leads/{lena}/submissions?limit=1").json["items"]) == 1


def test_pages_of_consents_meet_without_gap(api, lena):
    first = api("GET", f"/leads/{lena}/consents?limit=1").json
    second = api("GET", f"/leads/{lena}/consents?limit=1&cursor={first['next_cursor']}").json

    assert [first["items"][0]["action"], second["items"][0]["action"]] == ["withdrawn", "granted"]


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_has_no_history_and_somebody_new_an_empty_one(api, context, kind):
    with context.database.transaction() as session:
        newcomer = factories.lead(session, agreed=False).id

    assert api("GET", f"/leads/987654321/{kind}").status_code == 404
    assert api("GET", f"/leads/{newcomer}/{kind}").json["items"] == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("query", ["limit=0", "limit=501", "cursr=x"])
def test_a_bad_question_is_refused(api, lena, kind, query):
    assert api("GET", f"/leads/{lena}/{kind}?{query}").status_code == 422


@pytest.mark.parametrize(("kind", "most"), [("consents", 4), ("touches", 5), ("submissions", 4)])
def test_the_database_is_asked_as_often_for_many_rows_as_for_one(api, lena, queries, kind, most):
    queries.clear()
    api("GET", f"/leads/{lena}/{kind}")

    assert len(queries) <= most, queries


def test_the_ladder_is_told_from_its_foot(api):
    items = api("GET", "/stages").json["items"]

    assert [item["key"] for item in items][:3] == ["subscriber", "lead", "marketing-qualified"]
    assert [item["position"] for item in items] == sorted(item["position"] for item in items)
