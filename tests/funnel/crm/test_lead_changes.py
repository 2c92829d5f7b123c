"""What an edit makes of a lead, and what is told of it."""

import pytest

from funnel.crm.lead_changes import Edit, State, TooMuchError, change, edited

KNOWN = State({"city": "Lyon", "size": 5}, ("vip", "fair"), "Europe/Paris", None)


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (Edit(), KNOWN),
        (Edit(fields={"city": "Nice"}), State({"city": "Nice", "size": 5}, KNOWN.tags, KNOWN.zone)),
        (Edit(fields={"city": None, "never": None}), State({"size": 5}, KNOWN.tags, KNOWN.zone)),
        (
            Edit(fields={"city": "Nice", "job": "cook"}, fill=True),
            State({"city": "Lyon", "size": 5, "job": "cook"}, KNOWN.tags, KNOWN.zone),
        ),
        (Edit(tags=["b", "a", "b"]), State(KNOWN.fields, ("b", "a"), KNOWN.zone)),
        (Edit(add_tags=["vip", "new"], remove_tags=["fair"]), State(KNOWN.fields, ("vip", "new"), KNOWN.zone)),
        (Edit(columns={"zone": None, "locale": "fr"}), State(KNOWN.fields, KNOWN.tags, None, "fr")),
        (
            Edit(columns={"zone": "UTC", "locale": "fr"}, fill=True),
            State(KNOWN.fields, KNOWN.tags, "Europe/Paris", "fr"),
        ),
    ],
)
def test_an_edit_says_what_the_lead_becomes(edit, after):
    assert edited(KNOWN, edit) == after


def test_a_change_names_what_differs_and_never_a_value():
    after = edited(KNOWN, Edit(fields={"city": "Nice", "size": 5}, tags=["vip", "new"], columns={"locale": "fr"}))

    differs = change(KNOWN, after)

    assert differs
    assert (differs.keys, differs.columns, differs.tagged, differs.untagged) == (
        ("city",),
        ("locale",),
        ("new",),
        ("fair",),
    )
    assert not change(KNOWN, KNOWN)


def test_true_is_not_one():
    assert change(State({"ok": True}), State({"ok": 1})).keys == ("ok",)
    assert not change(State({"size": 1}), State({"size": 1.0}))


@pytest.mark.parametrize(
    ("edit", "part"),
    [
        (Edit(fields={f"k{n}": n for n in range(501)}), "fields"),
        (Edit(fields={f"k{n}": "x" * 5000 for n in range(20)}), "fields"),
        (Edit(add_tags=[f"t{n}" for n in range(201)]), "tags"),
    ],
)
def test_a_lead_holds_no_more_than_a_lead_may(edit, part):
    with pytest.raises(TooMuchError, match="at most") as refusal:
        edited(State(), edit)

    assert refusal.value.part == part
