"""What changed between two documents, and the places of steps in them."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture_sequences.definition import Change, diff, step_at

DOCUMENT: dict[str, Any] = {
    "key": "a",
    "enter": {"form": "guide"},
    "steps": [
        {"id": "hello", "email": {"subject": "Hi", "text": "Hello"}},
        {"id": "breathe", "wait": "2 days"},
        {
            "id": "fork",
            "branch": [
                {"name": "vip", "when": {"tag": "vip"}, "steps": [{"id": "hot", "stage": "lead"}]},
                {"otherwise": [{"id": "cold", "tag": "cold"}]},
            ],
        },
        {"id": "bye", "leave": True},
    ],
}


def edited(edit: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    edit(document)
    return document


def told(change: Change) -> tuple[Any, ...]:
    return change.how, change.step, change.parts, change.moved


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda d: None, []),
        (lambda d: d.update(key="b"), []),
        (lambda d: d.update(goal={"tag": "x"}), [("added", None, ("goal",), False)]),
        (lambda d: d.pop("enter"), [("removed", None, ("enter",), False)]),
        (lambda d: d.update(enter={"tag": "x"}), [("changed", None, ("enter",), False)]),
        (lambda d: d["steps"].insert(1, {"id": "new", "tag": "x"}), [("added", "new", (), False)]),
        (lambda d: d["steps"].pop(1), [("removed", "breathe", (), False)]),
        (lambda d: d["steps"][1].update(wait="3 days"), [("changed", "breathe", ("wait",), False)]),
        (lambda d: d["steps"][1].update(on_failure="skip"), [("changed", "breathe", ("on_failure",), False)]),
        (lambda d: d["steps"].insert(0, d["steps"].pop(2)), [("moved", "fork", (), True)]),
        (
            lambda d: d["steps"][2]["branch"][0]["steps"].append(d["steps"].pop(1)),
            [("moved", "breathe", (), True)],
        ),
        (lambda d: d["steps"][2]["branch"][0].update(when={"tag": "y"}), [("changed", "fork", ("branch",), False)]),
        (
            lambda d: d["steps"][2]["branch"][0]["steps"][0].update(stage="warm"),
            [("changed", "hot", ("stage",), False)],
        ),
        (
            lambda d: d["steps"].pop(2),
            [("removed", "fork", (), False), ("removed", "hot", (), False), ("removed", "cold", (), False)],
        ),
        (
            lambda d: d["steps"].insert(0, {**d["steps"].pop(3), "leave": "bored"}),
            [("changed", "bye", ("leave",), True)],
        ),
    ],
)
def test_each_edit_is_told_as_what_it_was(edit: Any, expected: list[Any]) -> None:
    assert [told(change) for change in diff(DOCUMENT, edited(edit))] == expected


def test_a_branch_is_compared_without_the_steps_inside_it() -> None:
    [change] = diff(DOCUMENT, edited(lambda d: d["steps"][2]["branch"][1]["otherwise"].clear()))

    assert (change.how, change.step) == ("removed", "cold")


def test_a_first_version_is_all_new() -> None:
    assert [change.step for change in diff({}, DOCUMENT)] == [None, "hello", "breathe", "fork", "hot", "cold", "bye"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["a", "b", "2 days"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "steps", "branch", "otherwise", "when", "wait", "name"]), inner)
    ),
    max_leaves=20,
)


@given(anything, anything)
def test_drafts_of_any_shape_can_be_compared(before: Any, after: Any) -> None:
    assert diff(before, before) == []
    assert all(change.before != change.after or change.moved for change in diff(before, after))


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("", None),
        ("enter/form", None),
        ("steps", None),
        ("steps/1", "breathe"),
        ("steps/1/wait/for", "breathe"),
        ("steps/2/branch/0/when/tag", "fork"),
        ("steps/2/branch/0/steps/0/stage", "hot"),
        ("steps/2/branch/1/otherwise/0", "cold"),
        ("steps/9/wait", None),
        ("steps/x", None),
    ],
)
def test_a_problem_belongs_to_the_innermost_step_of_its_path(path: str, step: str | None) -> None:
    assert step_at(DOCUMENT, path) == step
