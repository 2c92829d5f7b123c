"""Conditions that name others, and which facts can change which answers."""

import pytest

from funnel.conditions import Subject, parse, predicate
from funnel.conditions.affecting import CHANGES, changed_by
from funnel.conditions.needs import ROOMS
from funnel.conditions.segments import circle, inlined, size
from funnel.crm.facts import QUIET
from tests.funnel.test_conditions import LENA, NOW

KNOWN = {
    "clinics": parse({"tag": "vip"}),
    "clicked": parse({"event": "message_clicked"}),
    "both": parse({"all": [{"segment": "clinics"}, {"not": {"segment": "clicked"}}]}),
}


def test_a_named_condition_stands_in_the_place_of_its_name() -> None:
    found = inlined(parse({"any": [{"segment": "clinics"}, {"tag": "nobody"}]}), KNOWN)

    assert predicate(found)(LENA, NOW) is True
    assert predicate(found)(Subject(stage="warm", ladder={}), NOW) is False


def test_who_is_not_measurable_is_not_in_a_segment_so_it_is_outside_of_it() -> None:
    assert predicate(KNOWN["clicked"])(LENA, NOW) is None

    assert predicate(inlined(parse({"segment": "clicked"}), KNOWN))(LENA, NOW) is False
    assert predicate(inlined(KNOWN["both"], KNOWN))(LENA, NOW) is True


def test_a_way_back_to_itself_is_named_step_by_step() -> None:
    known = {
        "a": parse({"segment": "b"}),
        "b": parse({"any": [{"tag": "x"}, {"not": {"segment": "c"}}]}),
        "c": parse({"all": [{"segment": "d"}, {"segment": "a"}]}),
        "d": parse({"tag": "x"}),
    }

    assert list(circle("a", known)) == ["a", "b", "c", "a"]
    assert list(circle("d", known)) == []
    assert list(circle("e", known | {"e": parse({"segment": "e"})})) == ["e", "e"]


def test_the_size_counts_what_is_named_as_often_as_it_is_named() -> None:
    known = {"0": parse({"tag": "x"})}
    for number in range(1, 30):
        known[str(number)] = parse({"all": [{"segment": str(number - 1)}, {"segment": str(number - 1)}]})

    assert size(known["3"], known, 1000) == 8
    assert size(known["29"], known, 1000) > 1000


@pytest.mark.parametrize(
    ("kind", "data", "rooms"),
    [
        ("tagged", {"tag": "vip"}, {"tags"}),
        ("form_submitted", {"new": False}, {"forms", "answers", "fields", "consents", "touches"}),
        ("form_submitted", {"new": True}, ROOMS),
        ("stage_changed", {"reason": "person"}, {"stage"}),
        ("stage_changed", {"reason": "rule"}, set()),
        ("lead_created", {}, ROOMS),
        ("a kind that nobody thought of", {}, ROOMS),
    ],
)
def test_a_fact_changes_what_its_kind_can_change_and_an_unknown_one_anything(kind, data, rooms) -> None:
    assert changed_by(kind, data) == rooms


def test_what_facts_change_is_said_in_the_words_of_what_conditions_read() -> None:
    assert frozenset().union(*CHANGES.values()) <= ROOMS - {"events"}
    assert CHANGES.keys() >= QUIET
