"""Which documents are right, what is said of the others, and the programs that come out."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.conditions import Problem
from nurture_sequences.definition import (
    DocumentError,
    Email,
    Trigger,
    compile_document,
    problems,
)
from nurture_sequences.timing import Window

LADDER = ["subscriber", "lead", "warm", "customer"]
TRIAL: dict[str, Any] = {
    "key": "trial-nurture",
    "name": "Trial",
    "enter": {"any": [{"form": "start-trial"}, {"stage": "warm"}, {"tag": "trial"}, {"event": "trial_started"}]},
    "reenter": {"after": "30 days"},
    "goal": {"stage": {"at_least": "customer"}},
    "purpose": "email_marketing",
    "window": {"days": "mon-fri", "from": "09:00", "to": "18:00", "zone": "lead"},
    "steps": [
        {"id": "welcome", "email": {"template": "welcome"}},
        {"id": "breathe", "wait": {"for": "2 days"}},
        {
            "id": "engaged",
            "branch": [
                {"when": {"event": "message_clicked"}, "name": "clicked", "steps": [{"id": "hot", "stage": "warm"}]},
                {"when": {"tag": "vip"}, "steps": []},
                {"unmeasurable": [{"id": "blind", "tag": "unknown"}, {"id": "pause", "wait": "1 hour"}]},
                {"otherwise": [{"id": "remind", "email": {"subject": "Hi {{ first_name }}", "text": "Hello"}}]},
            ],
        },
        {"id": "clear", "untag": "trial", "on_failure": "skip"},
        {"id": "bye", "leave": True},
    ],
}


def with_steps(*steps: Any) -> dict[str, Any]:
    return {"key": "a", "steps": list(steps)}


def test_the_tree_becomes_a_flat_program_whose_forks_join_again() -> None:
    program = compile_document(TRIAL)

    assert problems(TRIAL, LADDER, ["welcome"]) == []
    assert program.first == "welcome"
    assert {step.id: step.next for step in program.steps.values()} == {
        "welcome": "breathe",
        "breathe": "engaged",
        "engaged": "clear",
        "hot": "clear",
        "blind": "pause",
        "pause": "clear",
        "remind": "clear",
        "clear": "bye",
        "bye": None,
    }
    engaged = program.steps["engaged"]
    assert [(arm.name, arm.first) for arm in engaged.arms] == [("clicked", "hot"), ("2", "clear")]
    assert engaged.unmeasurable is not None
    assert engaged.unmeasurable.first == "blind"
    assert engaged.otherwise is not None
    assert engaged.otherwise.first == "remind"


def test_a_program_carries_all_that_the_engine_needs() -> None:
    program = compile_document(TRIAL)

    assert program.key == "trial-nurture"
    assert program.triggers == (
        Trigger("form", "start-trial"),
        Trigger("stage", "warm"),
        Trigger("tag", "trial"),
        Trigger("event", "trial_started"),
    )
    assert program.reenter_after == timedelta(days=30)
    assert program.purpose == "email_marketing"
    assert program.window == Window(frozenset(range(5)), 540, 1080, None)
    assert program.goal is not None
    assert program.reads == {"events", "consents", "stage", "tags"}
    assert program.event_kinds == {"message_clicked"}
    assert program.steps["welcome"].email == Email(template="welcome")
    assert program.steps["remind"].email == Email(subject="Hi {{ first_name }}", text="Hello")
    assert program.steps["breathe"].duration == timedelta(days=2)
    assert program.steps["clear"].on_failure == "skip"
    assert program.steps["bye"].value == "left"


@pytest.mark.parametrize("step", [{"wait": "2 days"}, {"wait": {"for": "2 days"}}])
def test_waits_have_a_short_form(step: dict[str, Any]) -> None:
    program = compile_document(with_steps({"id": "w", **step}))

    assert program.steps["w"].duration == timedelta(days=2)


@pytest.mark.parametrize(
    ("leave", "reason"), [(True, "left"), ({}, "left"), ("not interested", "not interested")]
)  # fmt: skip
def test_a_leave_step_may_say_why(leave: object, reason: str) -> None:
    assert compile_document(with_steps({"id": "bye", "leave": leave})).steps["bye"].value == reason


@pytest.mark.parametrize("enter", [{}, None])
def test_without_triggers_leads_enter_by_hand(enter: object) -> None:
    assert compile_document({**with_steps({"id": "w", "wait": "1 day"}), "enter": enter}).triggers == ()


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"from": "22:00", "to": "06:00"}, Window(frozenset(range(7)), 1320, 360)),
        ({"days": "sat-mon", "from": "00:00", "to": "24:00"}, Window(frozenset({5, 6, 0}), 0, 1440)),
        ({"days": ["mon", "wed"], "from": "09:00", "to": "10:00"}, Window(frozenset({0, 2}), 540, 600)),
        (
            {"days": "Mon, fri", "from": "09:00", "to": "10:00", "zone": "Europe/Paris"},
            Window(frozenset({0, 4}), 540, 600, "Europe/Paris"),
        ),
    ],
)
def test_windows_are_read(window: object, expected: Window) -> None:
    assert compile_document({**with_steps({"id": "w", "wait": "1 day"}), "window": window}).window == expected


def changed(path: str, value: object) -> Any:
    """The trial document with one thing in it replaced."""
    document: Any = copy.deepcopy(TRIAL)
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    inside = document
    for part in way:
        inside = inside[part]
    inside[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "where", "message"),
    [
        ("key", "Trial Nurture", "key", "a-z, 0-9"),
        ("key", None, "key", "a-z, 0-9"),
        ("name", 3, "name", "expected a text"),
        ("stepz", [], "stepz", 'did you mean "steps"?'),
        ("holdout", "5%", "holdout", '"holdout" is not built yet'),
        ("enter", {"forms": "x"}, "enter/forms", 'did you mean "form"?'),
        ("enter", {"any": []}, "enter/any", "a list of 1 to 100 triggers"),
        ("enter", {"form": "a", "tag": "b"}, "enter", "expected one of form, stage, tag, segment, event"),
        ("enter", [], "enter", "expected an object"),
        ("enter", {"any": [{"stage": "wram"}]}, "enter/any/0/stage", 'did you mean "warm"?'),
        ("enter", {"campaign_ended": "summer"}, "enter/campaign_ended", "is not built yet"),
        ("reenter", {"after": "1 month"}, "reenter/after", "no fixed length"),
        ("reenter", True, "reenter", "expected an object with after, not true"),
        ("goal", {"stage": "custmer"}, "goal/stage", 'did you mean "customer"?'),
        ("purpose", "", "purpose", "expected a text"),
        ("window/days", "mon-fre", "window/days", "expected days such as"),
        ("window/from", 540, "window/from", 'expected a time such as "09:00" (in quotes), not 540'),
        ("window/to", "25:00", "window/to", "expected a time"),
        ("window/zone", "Paris", "window/zone", 'a time zone such as "Europe/Paris"'),
        ("window", {"from": "09:00"}, "window", '"to" is missing'),
        ("steps", [], "steps", "at least one step"),
        ("steps", {"a": 1}, "steps", "expected a list of steps"),
        ("steps/0", "welcome", "steps/0", "expected a step"),
        ("steps/0/id", None, "steps/0", '"id" is missing'),
        ("steps/0/id", "a b", "steps/0/id", "without spaces"),
        ("steps/0/id", "hot", "steps/2/branch/0/steps/0/id", 'there is another step "hot"'),
        ("steps/0/on_failure", "retry", "steps/0/on_failure", "expected hold, skip, leave"),
        ("steps/0/tag", "two kinds", "steps/0", "expected one kind of step"),
        ("steps/0/emial", {}, "steps/0/emial", 'did you mean "email"?'),
        ("steps/0/split", [], "steps/0/split", '"split" is not built yet'),
        ("steps/0/email", {"template": "wellcome"}, "steps/0/email/template", 'did you mean "welcome"?'),
        ("steps/0/email", {"template": "welcome", "text": "x"}, "steps/0/email", "not both"),
        ("steps/0/email", {"subject": "x"}, "steps/0/email", "a subject with a text"),
        ("steps/0/email", {"subject": "{{ x", "text": "a"}, "steps/0/email/subject", "expected '}}'"),
        ("steps/0/email", {"subject": "x", "text": "{% if %}"}, "steps/0/email/text", "(line 1)"),
        ("steps/0/email", {"subject": "x", "html": "\n{{ a b }}"}, "steps/0/email/html", "(line 2)"),
        ("steps/1/wait", 172800, "steps/1/wait", "a bare number has no unit"),
        ("steps/1/wait", {"for": "2 dais"}, "steps/1/wait/for", '"dais" is no unit of time'),
        ("steps/2/branch", [], "steps/2/branch", "a list of 1 to 50 arms"),
        ("steps/2/branch", [{"otherwise": []}], "steps/2/branch", 'at least one arm with "when"'),
        ("steps/2/branch/2", {"otherwise": []}, "steps/2/branch/3", 'there is another "otherwise"'),
        ("steps/2/branch/0/when", {"tag": 1}, "steps/2/branch/0/when/tag", "expected a text"),
        ("steps/2/branch/0/steps", None, "steps/2/branch/0/steps", "expected a list of steps"),
        ("steps/2/branch/1", {"otherwise": [], "name": "x"}, "steps/2/branch/1/name", "not known here"),
        ("steps/4/leave", None, "steps/4/leave", "expected a text"),
    ],
)
def test_a_problem_says_where_it_is_and_what_was_expected(path: str, value: object, where: str, message: str) -> None:
    found = problems(changed(path, value), LADDER, ["welcome"])

    assert [problem.message for problem in found if problem.path == where and message in problem.message], found


def test_arms_are_asked_in_the_order_in_which_they_are_written() -> None:
    arms = [{"otherwise": []}, {"when": {"tag": "vip"}, "steps": []}]

    [problem] = problems(with_steps({"id": "b", "branch": arms}), LADDER)

    assert problem == Problem("steps/0/branch/1", 'arms with "when" come before "otherwise" and "unmeasurable"')


def test_a_sequence_has_five_hundred_steps_at_most() -> None:
    steps = [{"id": f"w{n}", "wait": "1 day"} for n in range(501)]

    assert problems(with_steps(*steps[:500]), LADDER) == []
    assert "at most 500 steps" in problems(with_steps(*steps), LADDER)[0].message


def test_branches_nest_ten_deep_at_most() -> None:
    steps: list[Any] = []
    for n in range(200):
        steps = [{"id": f"b{n}", "branch": [{"when": {"tag": "a"}, "steps": steps}]}]

    assert "10 deep" in problems(with_steps(*steps), LADDER)[0].message


def test_a_document_with_problems_does_not_compile() -> None:
    with pytest.raises(DocumentError, match="steps/0/wait: expected a duration") as error:
        compile_document(with_steps({"id": "w", "wait": None}))

    assert [problem.path for problem in error.value.problems] == ["steps/0/wait"]


KEYS = """key name enter reenter goal purpose window steps id email wait branch stage tag untag leave for to when
    otherwise unmeasurable any all not form event after days from zone subject text html template on_failure split"""
words = st.sampled_from(KEYS.split())
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(["warm", "2 days", "mon-fri", "09:00", "lead", "hold", "a", "{{ x", "\ud800", "\0", "Europe"]),
)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | st.text(max_size=5), inner, max_size=4),
    max_leaves=25,
)
paths = st.sampled_from(
    ["key", "enter", "reenter", "goal", "purpose", "window", "window/days", "window/zone", "steps", "steps/0",
     "steps/0/id", "steps/0/email", "steps/1/wait", "steps/2/branch", "steps/2/branch/0", "steps/2/branch/0/when",
     "steps/2/branch/0/steps", "steps/3/on_failure", "steps/3/untag", "steps/4/leave"]
)  # fmt: skip


@settings(deadline=None)
@given(anything)
def test_any_json_has_problems_but_raises_nothing(document: object) -> None:
    assert problems(document, LADDER)


@settings(deadline=None)
@given(paths, anything)
def test_a_document_with_anything_in_it_compiles_or_says_why_not(path: str, value: object) -> None:
    document = changed(path, value)

    found = problems(document, LADDER)

    if not found:
        assert compile_document(document).first is not None
    assert all(problem.message.isprintable() and problem.path.isprintable() for problem in found)
