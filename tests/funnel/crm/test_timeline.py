"""A lead's story."""

from datetime import timedelta

from funnel.crm import facts, timeline
from funnel.crm.facts import Fact


def test_a_story_is_the_leads_own_newest_first(session, now):
    told = [Fact("tagged", 1, now + timedelta(days=day), {"day": day}) for day in (40, 0, 80)]
    facts.record(session, [*told, Fact("tagged", 2, now)])

    page = timeline.page(session, 1)

    assert [fact.data["day"] for fact in page.items] == [80, 40, 0]
    assert page.next is None


def test_facts_of_one_instant_are_told_in_the_order_they_were_written(session, now):
    facts.record(session, [Fact("tagged", 1, now, {"n": n}) for n in range(5)])

    seen, after = [], None
    for _ in range(3):
        page = timeline.page(session, 1, after=after, limit=2)
        seen += [fact.data["n"] for fact in page.items]
        after = page.next

    assert seen == [4, 3, 2, 1, 0]
    assert after is None
