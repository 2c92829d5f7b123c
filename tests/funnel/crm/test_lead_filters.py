"""The list is narrowed by what people would type and choose; each answer equals what Python says of the same leads."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from funnel import conditions
from funnel.crm import lead_filters, lead_list
from funnel.crm.lead_filters import Filters
from tests import factories
from tests.conftest import NOW


def found(session, **asked):
    page = lead_list.page(session, Filters(**asked), NOW, sort="oldest", limit=500)
    assert page.count == len(page.items)
    return [lead.email.partition("@")[0] for lead in page.items]


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("Hélène", "helene"),
        ("Helene", "HÉLÈNE"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Søren Ærø", "soren aero"),
        ("Straße", "STRASSE"),
        ("Ελένη", "ΕΛΕΝΗ"),
        ("Наталья Щукина", "НАТАЛЬЯ щук"),
        ("İstanbul", "istanbul"),
        ("Nguyễn", "nguyen"),
        ("Zoë", "zoe"),
        ("Acme & Söhne", "sohne acme"),
        ("100% Wolle", "100%"),
        ("under_score", "r_s"),
        ("C:\\temp", "c:\\t"),
        ("Jean", "je"),
        ("Jean Dupont", "d j"),
        ("+33 6 12-34 (56) 78", "0612345678"),
        ("06 12 34 56 78", "+33 6"),
        ("王小明", "王小明"),
        ("日本橋商店", "本橋商"),
    ],
)
def test_a_lead_is_found_by_any_part_whatever_its_case_and_accents(session, written, searched):
    factories.lead(session, "somebody@x.example", fields={"told": written})
    factories.lead(session, "other@y.example", fields={"told": "quite different"})

    wanted = [] if searched == "+33 6" else ["somebody"]

    assert found(session, search=searched) == wanted


@pytest.mark.parametrize("searched", ["example.org", "lena.b", "LENA", "bu", "b", "org", "lena buch"])
def test_a_lead_is_found_by_parts_of_its_address(session, searched):
    factories.lead(session, "lena.buch@example.org")
    factories.lead(session, "omar@x.test")

    assert found(session, search=searched) == ["lena.buch"]


def test_every_word_must_be_found_and_a_key_is_no_word(session):
    factories.lead(session, "lena@x.example", fields={"city": "Lyon", "job": "cook"})
    factories.lead(session, "omar@x.example", fields={"city": "Lyon", "likes": ["tea", "figs"]})

    assert found(session, search="lyon") == ["lena", "omar"]
    assert found(session, search="lyon cook") == ["lena"]
    assert found(session, search="figs") == ["omar"]
    assert found(session, search="city") == []


def test_what_is_searched_follows_what_is_changed(session):
    lead = factories.lead(session, "lena@x.example", fields={"city": "Lyon"})

    session.execute(text('UPDATE leads SET fields = \'{"city": "Nîmes"}\''))

    assert found(session, search="lyon") == []
    assert found(session, search="nimes") == [lead.email.partition("@")[0]]


def test_tags_are_asked_for_together_one_of_them_and_none_of_them(session):
    factories.lead(session, "both@x.example", tags=["a", "b"])
    factories.lead(session, "one@x.example", tags=["a"])
    factories.lead(session, "none@x.example")

    assert found(session, all_tags=["a", "b"]) == ["both"]
    assert found(session, any_tags=["b", "a"]) == ["both", "one"]
    assert found(session, no_tags=["b"]) == ["one", "none"]
    assert found(session, all_tags=["a"], no_tags=["b"]) == ["one"]


def test_stages_follow_each_move(session):
    lena = factories.lead(session, "lena@x.example")
    factories.lead(session, "omar@x.example", stage="lead")
    assert found(session, stages=["lead"]) == ["omar"]

    session.execute(text("UPDATE leads SET stage = 'customer' WHERE id = :id"), {"id": lena.id})

    assert found(session, stages=["customer"]) == ["lena"]
    assert found(session, stages=["customer", "lead"]) == ["lena", "omar"]
    assert found(session, stages=["subscriber"]) == []


def test_where_a_lead_came_from_is_its_first_touch(session):
    lena, omar = factories.lead(session, "lena@x.example"), factories.lead(session, "omar@x.example")
    for lead, campaign, days in ((lena, "spring", 0), (lena, "autumn", 9), (omar, "autumn", 0)):
        session.execute(
            text("INSERT INTO touches (lead_id, source, campaign, at) VALUES (:lead, 'ad', :campaign, :at)"),
            {"lead": lead.id, "campaign": campaign, "at": NOW + timedelta(days=days)},
        )

    assert found(session, campaign="spring") == ["lena"]
    assert found(session, campaign="autumn") == ["omar"]
    assert found(session, source="ad") == ["lena", "omar"]
    assert found(session, source="fair") == []


def test_may_mail_is_the_last_word_on_some_purpose_that_permits_it(session):
    factories.lead(session, "yes@x.example")
    factories.lead(session, "never@x.example", agreed=False)
    gone = factories.lead(session, "gone@x.example")
    factories.consent(session, gone, action="withdrawn")
    called = factories.lead(session, "called@x.example", agreed=False)
    factories.consent(session, called, "phone_calls")

    assert found(session, may_mail=True) == ["yes"]
    assert found(session, may_mail=False) == ["never", "gone", "called"]


def test_a_lead_came_from_one_moment_on_and_before_another(session):
    for day in range(4):
        factories.lead(session, f"day{day}@x.example", at=NOW + timedelta(days=day))

    assert found(session, created_since=NOW + timedelta(days=2)) == ["day2", "day3"]
    assert found(session, created_since=NOW + timedelta(days=1), created_before=NOW + timedelta(days=3)) == [
        "day1",
        "day2",
    ]


def test_a_condition_narrows_as_it_does_in_rules(session):
    factories.lead(session, "small@x.example", fields={"size": 5}, tags=["vip"])
    factories.lead(session, "large@x.example", fields={"size": 50}, tags=["vip"])
    condition = conditions.parse({"all": [{"tag": "vip"}, {"field": {"key": "size", "at_least": 10}}]})

    assert found(session, condition=condition) == ["large"]
    assert found(session, condition=condition, search="small") == []


@pytest.mark.parametrize(
    ("folded", "patterns"),
    [
        ("helene dupont", ["%helene%", "%dupont%"]),
        ("jo", ["% jo%"]),
        ("b@", ["%b@%"]),
        ("100%", [r"%100\%%"]),
        ("06 12 34 56 78", ["%612345678%"]),
        ("(0)6-12-34-56", ["%6123456%"]),
        ("12", ["% 12%"]),
        (" ".join("abc" for _ in range(30)), ["%abc%"] * 10),
        ("   ", []),
    ],
)
def test_words_become_patterns(folded, patterns):
    assert lead_filters.patterns(folded) == patterns
