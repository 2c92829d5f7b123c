"""The five orders of the list: page by page they give every lead once, as sorting them in Python would."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import text

from funnel.crm import lead_edits, lead_filters, lead_list, lead_orders, ranks
from funnel.crm.lead_changes import Edit
from funnel.crm.lead_edits import Origin
from funnel.crm.lead_filters import Filters
from funnel.crm.subjects import ladder_and_decay
from funnel.models import Lead
from tests import factories
from tests.conftest import NOW

SORTS = lead_orders.SORTS


@pytest.fixture
def many(session):
    """Leads of all kinds: some alike in everything that is compared, some below zero, some long cold."""
    chance = random.Random(5)
    _, decay = ladder_and_decay(session)
    leads = []
    for number in range(120):
        at = NOW - timedelta(days=chance.choice([0, 1, 1, 2, 40]))
        engagement = float(chance.choice([0, 0, 5, 20, 20, 90, -10]))
        engaged_at = NOW - timedelta(days=chance.choice([0, 1, 30, 400, 4000]))
        lead = factories.lead(
            session,
            f"lead{number}@x.example",
            agreed=False,
            at=at,
            fit=float(chance.choice([0, 10, 10, 25, -5])),
            engagement=engagement,
            engaged_at=engaged_at,
            tags=["some"] if number % 3 else [],
            fields=chance.choice([{}, {"first_name": "Zoë"}, {"first_name": "zoe"}, {"name": "Éric"}]),
        )
        leads.append(lead)
    ranks.keep(
        session,
        [
            {
                "lead_id": lead.id,
                "fit": lead.fit,
                "mark": decay.mark(lead.engagement, lead.engaged_at),
                "active_at": lead.created_at + timedelta(days=lead.id % 4),
            }
            for lead in leads
        ],
    )
    return leads


def walked(session, sort, filters, limit, now=NOW):
    """All pages, one after the other; each of them read a while after the one before."""
    ids, after = [], None
    while True:
        page = lead_list.page(session, filters, now, sort=sort, after=after, limit=limit)
        ids += [lead.id for lead in page.items]
        if page.next is None:
            return ids
        after, now = page.next, now + timedelta(minutes=7)


def sorted_in_python(session, sort, leads):
    _, decay = ladder_and_decay(session)
    if sort == "score":

        def key(lead):
            score = lead.fit + decay.left(lead.engagement, lead.engaged_at, NOW)
            return (-round(score, 9), -lead.fit, -decay.mark(lead.engagement, lead.engaged_at), -lead.id)

        return [lead.id for lead in sorted(leads, key=key)]
    keys = {
        "newest": lambda lead: (-lead.created_at.timestamp(), -lead.id),
        "oldest": lambda lead: (lead.created_at, lead.id),
        "activity": lambda lead: (-(lead.created_at + timedelta(days=lead.id % 4)).timestamp(), -lead.id),
        "name": lambda lead: (shown_name(lead), lead.id),
    }
    return [lead.id for lead in sorted(leads, key=keys[sort])]


def shown_name(lead):
    return {"Zoë": "zoe", "zoe": "zoe", "Éric": "eric", "": lead.email}[
        lead.fields.get("first_name") or lead.fields.get("name") or ""
    ]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 7, 50, 500])
def test_pages_give_every_lead_once_in_order(session, many, sort, limit):
    assert walked(session, sort, Filters(), limit) == sorted_in_python(session, sort, many)


@pytest.mark.parametrize("sort", SORTS)
def test_filtered_pages_too_whether_few_fit_or_many(session, many, sort, monkeypatch):
    wanted = sorted_in_python(session, sort, [lead for lead in many if lead.tags])

    few = walked(session, sort, Filters(all_tags=["some"]), 7)
    monkeypatch.setattr(lead_list, "MOST_COUNTED", 10)
    monkeypatch.setattr(lead_list, "MOST_SCORED", 10)
    as_many = walked(session, sort, Filters(all_tags=["some"]), 7)

    assert few == as_many == wanted


@pytest.mark.parametrize("few", [1, 20_000])
def test_a_score_is_from_to_as_the_list_shows_it(session, many, few, monkeypatch):
    monkeypatch.setattr(lead_filters, "FEW", few)
    _, decay = ladder_and_decay(session)
    scores = {lead.id: lead.fit + decay.left(lead.engagement, lead.engaged_at, NOW) for lead in many}

    for low, high in ((0.5, 30), (-20, -1), (9.999, 1000), (20.001, 24.9)):
        found = walked(session, "oldest", Filters(score_min=low, score_max=high), 500)
        assert set(found) == {lead_id for lead_id, score in scores.items() if low <= score <= high}


def test_a_new_lead_is_in_every_order_at_once(session):
    lead = factories.lead(session)

    for sort in SORTS:
        assert [one.id for one in lead_list.page(session, Filters(), NOW, sort=sort).items] == [lead.id]


def test_counting_stops_where_nobody_reads_on(session, many, monkeypatch):
    monkeypatch.setattr(lead_list, "MOST_COUNTED", 100)

    everybody = lead_list.page(session, Filters(), NOW, limit=5)
    some = lead_list.page(session, Filters(all_tags=["some"]), NOW, limit=5)
    later = lead_list.page(session, Filters(), NOW, limit=5, after=everybody.next)

    assert (everybody.count, everybody.more) == (100, True)
    assert (some.count, some.more) == (80, False)
    assert later.count is None


def test_a_name_whose_lead_is_gone_begins_the_list_anew(session):
    for number in range(3):
        factories.lead(session, f"lead{number}@x.example", agreed=False)
    page = lead_list.page(session, Filters(), NOW, sort="name", limit=1)
    session.execute(text("DELETE FROM leads WHERE id = :id"), {"id": page.next.id})

    with pytest.raises(lead_orders.GoneError):
        lead_list.page(session, Filters(), NOW, sort="name", after=page.next, limit=1)


def test_an_edit_keeps_the_ranks_and_an_erasure_takes_them_along(session):
    lead = factories.lead(session)
    lead_edits.edit(session, {lead.id: Edit(fields={"a": 1})}, Origin("user 1"), NOW)
    session.execute(text("DELETE FROM consents"))
    session.delete(session.get(Lead, lead.id))
    session.flush()

    assert session.scalar(text("SELECT count(*) FROM lead_ranks")) == 0
