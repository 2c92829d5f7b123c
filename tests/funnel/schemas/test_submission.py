import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.schemas.form import TYPES, FormIn
from funnel.schemas.submission import Reader

CHOICES = {"choice": ["red", "blue"], "multi-choice": ["red", "blue"]}


def reader(kind="text", required=False):
    field = {"key": "it", "label": "It", "type": kind, "required": required, "choices": CHOICES.get(kind, [])}
    form = {"key": "f", "name": "F", "fields": [field], "consents": [{"purpose": "news", "wording": "Send news."}]}
    return Reader(FormIn().load(form))


def read(kind, value, required=False):
    return reader(kind, required).read({"email": "jane@example.com", "it": value})


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("text", "  Jane\tDoe\r\n", "Jane\tDoe"),
        ("text", "Vertical\x0btab", "Verticaltab"),
        ("text", ["one"], "one"),
        ("text", 5, "5"),
        ("phone", "+33 (0)1 23.45-67/89 ext 12", "+33 (0)1 23.45-67/89 ext 12"),
        ("number", "3", 3),
        ("number", "2,5", 2.5),
        ("number", 1e3, 1000),
        ("date", "2026-12-31", "2026-12-31"),
        ("choice", "red", "red"),
        ("multi-choice", ["blue", "red", "blue"], ["blue", "red"]),
        ("multi-choice", "red", ["red"]),
        ("checkbox", "on", True),
        ("checkbox", None, False),
        ("hidden", "x", "x"),
    ],
)
def test_an_answer_is_kept_in_its_type(kind, value, kept):
    assert read(kind, value).values["it"] == kept


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("text", {"a": 1}, "not_text"),
        ("text", ["one", "two"], "not_text"),
        ("text", "a" * 5001, "too_long"),
        ("phone", "call me", "not_a_phone"),
        ("number", "three", "not_a_number"),
        ("number", "inf", "not_a_number"),
        ("date", "31/12/2026", "not_a_date"),
        ("date", "2026-02-30", "not_a_date"),
        ("choice", "green", "not_a_choice"),
        ("multi-choice", ["red", "green"], "not_a_choice"),
    ],
)
def test_an_answer_of_another_type_is_a_problem(kind, value, problem):
    assert read(kind, value).problems == {"it": [problem]}


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind != "email"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_required_answer_may_not_be_left_out(kind, value):
    assert read(kind, value, required=True).problems == {"it": ["missing"]}


@pytest.mark.parametrize("value", ["on", "ON", "true", "1", "yes", True, 1, ["off", "on"]])
def test_a_consent_is_given_by_saying_yes(value):
    filling = reader().read({"email": "jane@example.com", "news": value})

    assert filling.agreed == {"news": "Send news."}


@pytest.mark.parametrize("value", ["off", "false", "0", "no", "", "maybe", False, 0, None, {}, [], ["off"], {"on": 1}])
def test_nothing_else_is_a_consent(value):
    assert reader().read({"email": "jane@example.com", "news": value}).agreed == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(kind=st.sampled_from([kind for kind in TYPES if kind != "email"]), email=JSON, value=JSON)
def test_anything_is_either_kept_or_a_problem(kind, email, value):
    filling = reader(kind).read({"email": email, "it": value})

    assert not (filling.values.keys() & filling.problems.keys())
    assert "email" in (filling.values | filling.problems)


def test_lists_inside_lists_agree_to_nothing():
    nested = True
    for _ in range(900):
        nested = [nested]

    filling = reader("checkbox").read({"email": "jane@example.com", "it": nested, "news": nested})

    assert filling.agreed == {}
    assert filling.values["it"] is False
